"""The API of the ground floor itself, one subject a file."""
