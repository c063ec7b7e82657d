"""The addresses of the inventory, one subject a file."""
