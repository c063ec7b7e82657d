"""Measurements against a floor: the same rows written by bare SQL, in the same run, on the same servers."""
