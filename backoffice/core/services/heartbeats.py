"""Signs of life."""

from django.db import connection

from backoffice.core import clock


def answer(part: str) -> None:
    """This part of the installation lives at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_heartbeat (part, answered_at) VALUES (%s, %s) "
            "ON CONFLICT (part) DO UPDATE SET answered_at = excluded.answered_at",
            [part, clock.now()],
        )
