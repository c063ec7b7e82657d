"""What waits, what failed, how old it is: one line a handler."""

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection


class Command(BaseCommand):
    help = "Shows the outbox by handler: waiting, failed before, quarantined, and the age of the oldest in seconds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--fail-above", type=int, help="exit with 1 when something waits longer than this, in seconds"
        )

    def handle(self, *args: object, **options: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT d.handler,
                       count(*) FILTER (WHERE d.state = 'pending') AS waiting,
                       count(*) FILTER (WHERE d.state = 'pending' AND d.attempts > 0) AS failed_before,
                       count(*) FILTER (WHERE d.state = 'quarantined') AS quarantined,
                       coalesce(extract(epoch FROM clock_timestamp() - min(e.occurred_at)), 0)::bigint AS oldest
                FROM core_outboxdelivery d JOIN core_outboxevent e ON e.id = d.event_id
                WHERE d.state IN ('pending', 'quarantined') GROUP BY d.handler ORDER BY oldest DESC, d.handler
                """
            )
            rows = cursor.fetchall()
        if not rows:
            self.stdout.write("Nothing waits and nothing is quarantined.")
            return
        width = max(len(row[0]) for row in rows)
        self.stdout.write(f"{'handler':<{width}}  waiting  failed before  quarantined  oldest (s)")
        for handler, waiting, failed, quarantined, oldest in rows:
            self.stdout.write(f"{handler:<{width}}  {waiting:>7}  {failed:>13}  {quarantined:>11}  {oldest:>10}")
        limit = options["fail_above"]
        if isinstance(limit, int) and max(row[4] for row in rows) > limit:
            raise SystemExit(1)
