"""The accounts of the demo shop."""

from django.core.management.base import BaseCommand

from backoffice.core import demo


class Command(BaseCommand):
    help = "Prints one demo log-in for each role: mail address, password, what the role is for."

    def handle(self, *args: object, **options: object) -> None:
        for login in demo.logins():
            self.stdout.write(f"{login.email:32} {demo.PASSWORD}   {login.role.replace('_', ' ')}")
