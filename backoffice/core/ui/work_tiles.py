"""What has gone wrong, on the home page of those who can mend it."""

from django.utils.translation import gettext_lazy as _

from backoffice.core.ui.tiles import add_list_tile
from backoffice.core.ui.work_pages import DELIVERY_PAGES, JOB_PAGES

add_list_tile("core.running_jobs", JOB_PAGES, title=_("Jobs running"), query="state=running", is_quiet=True, order=800)
add_list_tile(
    "core.failed_jobs",
    JOB_PAGES,
    title=_("Jobs that failed"),
    query="state=failed",
    tone="danger",
    is_quiet=True,
    order=810,
)
add_list_tile(
    "core.quarantined",
    DELIVERY_PAGES,
    title=_("Deliveries in quarantine"),
    query="state=quarantined",
    tone="danger",
    is_quiet=True,
    order=820,
)
