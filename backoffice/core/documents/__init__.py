"""Documents: labels and barcodes, PDF from templates, tables in and out, and the versions we keep of what we sent."""
