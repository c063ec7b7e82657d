"""The health check of a worker or of beat, for a container that has no port to ask."""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backoffice.core import clock
from backoffice.core.models.heartbeats import Heartbeat


class Command(BaseCommand):
    help = "Exits with 0 when every part named (worker.default, worker.long, beat) was alive within the span given."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("parts", nargs="+")
        parser.add_argument("--within", type=int, default=180, help="seconds (default: 180)")

    def handle(self, *args: object, **options: object) -> None:
        parts, within = options["parts"], options["within"]
        assert isinstance(parts, list) and isinstance(within, int)
        since = clock.now() - timedelta(seconds=within)
        alive = set(Heartbeat.objects.filter(part__in=parts, answered_at__gte=since).values_list("part", flat=True))
        dead = [part for part in parts if part not in alive]
        if dead:
            raise CommandError(f"No sign of life within {within} s from: {', '.join(dead)}.")
        self.stdout.write("alive")
