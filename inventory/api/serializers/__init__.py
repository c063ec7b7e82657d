"""How rows of the inventory look in JSON, one subject a file."""
