"""What core does when it hears of something."""

from backoffice.core.events import on
from backoffice.core.services.password_links import PasswordLinkAsked, answer_wish


@on(PasswordLinkAsked)
def mail_password_link(event: PasswordLinkAsked) -> None:
    """Send the link, when the address has an account."""
    answer_wish(event.email)
