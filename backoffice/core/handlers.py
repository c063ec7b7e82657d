"""What core does when it hears of something."""

from backoffice.core.events import on
from backoffice.core.services.overdue import JobOverdue, mail_owner
from backoffice.core.services.password_links import PasswordLinkAsked, answer_wish


@on(PasswordLinkAsked)
def mail_password_link(event: PasswordLinkAsked) -> None:
    """Send the link, when the address has an account."""
    answer_wish(event.email)


@on(JobOverdue)
def mail_owner_of_overdue_job(event: JobOverdue) -> None:
    """Tell whoever started it that it takes longer than it should."""
    mail_owner(event)
