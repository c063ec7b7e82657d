"""The catalog and the places for programs, under /api/v1/."""
