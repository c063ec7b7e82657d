"""Mail addresses as we keep them: one spelling for each, so that two accounts can never look alike."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Invalid

LENGTH = 254


def mail_address(text: str, *, field: str = "email") -> str:
    """The address in small letters, an international domain in its ASCII form. Invalid: bad_mail_address."""
    local, mark, domain = text.strip().lower().rpartition("@")
    try:
        address = f"{local}{mark}{domain.encode('idna').decode('ascii')}"
        validate_email(address)
        if len(address) > LENGTH or not address.isascii():
            raise ValidationError("length or letters")
    except (ValidationError, UnicodeError):
        raise Invalid(
            "bad_mail_address",
            _("This is not a mail address. It looks like name@example.com, with plain letters before the @."),
            field=field,
        ) from None
    return address
