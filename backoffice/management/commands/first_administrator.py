"""`manage.py first_administrator`: the first person of a new installation, or the way back in."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from backoffice.core.errors import DomainError
from backoffice.core.services.first_administrator import make_first_administrator, rescue_administrator


class Command(BaseCommand):
    help = "Make the first administrator and print a password that works once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", help="mail address; asked for when left out")
        parser.add_argument("--name", help="full name; asked for when left out")
        parser.add_argument(
            "--rescue",
            action="store_true",
            help="even if there is one: makes this account an administrator, takes its second factor and limits away",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"] or self._ask("Mail address: ", "--email")
        name = options["name"] or self._ask("Full name: ", "--name")
        make = rescue_administrator if options["rescue"] else make_first_administrator
        try:
            made = make(email=email, name=name)
        except DomainError as error:
            raise CommandError(" ".join(str(part) for part in (error.message, error.hint) if part)) from error
        self.stdout.write(f"Administrator: {made.user.email}")
        self.stdout.write(f"Password:      {made.password}")
        self.stdout.write(f"Sign in at     {settings.PUBLIC_URL.rstrip('/')}{reverse('account_login')}")
        self.stdout.write(
            "The password is not kept anywhere. The first page after signing in asks for one of your own."
        )

    def _ask(self, question: str, flag: str) -> str:
        try:
            return input(question)
        except EOFError:
            raise CommandError(f"Nobody is here to answer; give {flag}.") from None
