"""What we need of PostgreSQL beyond its core. Trusted extensions all: the owner of the database may create them.

Migrations whose indexes use one depend on this one.
"""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Pieces of words are found by index (pg_trgm)."""

    dependencies: list[tuple[str, str]] = []
    operations = [TrigramExtension()]
