"""`manage.py seed_roles`: the built-in roles as this version declares them. Run it after each upgrade."""

from typing import Any

from django.core.management.base import BaseCommand

from backoffice.core.services.roles import seed_roles


class Command(BaseCommand):
    help = "Make the built-in roles, or give them the rights that this version adds. What was changed by hand stays."

    def handle(self, *args: Any, **options: Any) -> None:
        gained = seed_roles()
        for role, codes in sorted(gained.items()):
            self.stdout.write(f"{role}: {', '.join(codes) or 'no new rights'}")
        if not gained:
            self.stdout.write("Nothing to do.")
