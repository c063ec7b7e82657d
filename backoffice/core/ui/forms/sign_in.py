"""The forms at the door, where allauth's own would tell too much or count too little."""

from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from backoffice.core.services.password_links import ask_for_link
from backoffice.core.services.sign_in import second_factor_locked


class AskForLinkForm(ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """Asks for a link to set a new password. Nothing is looked up here, so neither words nor time tell who has an account."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **options: Any) -> str:
        email = str(self.cleaned_data["email"])
        ask_for_link(email)
        return email


class _Counted:
    """Codes are not tried any further after too many wrong ones, even if the right one comes."""

    user: Any

    def clean_code(self) -> str:
        refusal = second_factor_locked(self.user)
        if refusal is not None:
            raise ValidationError(str(refusal.message), code=refusal.code)
        return str(super().clean_code())  # type: ignore[misc]  # the form that this is mixed into has it


class CodeForm(_Counted, AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The second factor while signing in."""


class CodeAgainForm(_Counted, ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The second factor before something sensitive."""
