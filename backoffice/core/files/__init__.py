"""Files: what people upload and what we make, kept once by content, served so that a browser never runs it."""
