"""After a new key was put in front of SECRET_KEY_RING: every secret under it."""

from django.core.management.base import BaseCommand

from backoffice.core.services.secrets import rotate_secrets


class Command(BaseCommand):
    help = "Puts every stored secret under the newest key of SECRET_KEY_RING. Then the old keys can be dropped."

    def handle(self, *args: object, **options: object) -> None:
        for name, seen, renewed in rotate_secrets():
            self.stdout.write(f"{name}: {renewed} of {seen} renewed")
