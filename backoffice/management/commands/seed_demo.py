"""Fill an embedded installation with a small, lively shop."""

import time

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backoffice.core import demo
from backoffice.core.errors import DomainError


class Command(BaseCommand):
    help = "Makes the demo shop, by the services that real work goes through. A second run adds nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="also where the installation is not an embedded one")

    def handle(self, *args: object, **options: object) -> None:
        started = time.perf_counter()
        made: list[str] = []

        def tell(sentence: str) -> None:
            made.append(sentence)
            self.stdout.write(f"demo shop: {sentence}")

        try:
            demo.seed(tell, force=bool(options["force"]))
        except DomainError as refusal:
            raise CommandError(" ".join(str(words) for words in (refusal.message, refusal.hint) if words)) from refusal
        seconds = time.perf_counter() - started
        self.stdout.write(f"demo shop: done in {seconds:.1f} s" if made else "demo shop: everything is there already")
