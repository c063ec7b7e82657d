"""How allauth works in a house where nobody signs up by themselves: people are added by those who may."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Closed to sign-ups."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
