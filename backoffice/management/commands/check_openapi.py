"""Is the OpenAPI file in the tree the one that the running code would publish?"""

import difflib
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from backoffice.core.api.openapi import as_yaml, openapi_document

FILE = settings.BASE_DIR / "backoffice" / "docs" / "openapi.yaml"
MOST_LINES = 40


class Command(BaseCommand):
    help = "Compare backoffice/docs/openapi.yaml with the document of this code; --write brings it up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="Write the file instead of comparing it.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1 when the file is old, when a view could not be described, or when the document is not valid."""
        document = openapi_document()
        if GENERATOR_STATS:
            GENERATOR_STATS.emit_summary()
            raise CommandError("Some views could not be described; see the lines above.")
        validate_schema(document)  # type: ignore[no-untyped-call]  # drf-spectacular carries no types
        text = as_yaml(document)
        if options["write"]:
            FILE.parent.mkdir(parents=True, exist_ok=True)
            FILE.write_text(text, encoding="utf-8")
            self.stdout.write(f"Written: {len(document['paths'])} addresses.")
            return
        known = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
        if known == text:
            self.stdout.write(f"The OpenAPI file is up to date ({len(document['paths'])} addresses).")
            return
        lines = difflib.unified_diff(known.splitlines(), text.splitlines(), "in the tree", "of the code", lineterm="")
        for line in list(lines)[:MOST_LINES]:
            self.stdout.write(line)
        raise CommandError("The OpenAPI file is old. Run: ./bo manage check_openapi --write")
