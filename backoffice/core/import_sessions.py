"""Imports as rows that people look at. Seen like master data, written by services."""

from django.urls import reverse

from backoffice.core.masters import Master
from backoffice.core.models.imports import ImportSession
from backoffice.core.permissions import MANAGE_JOBS
from backoffice.core.services.imports import own_imports

IMPORTS = Master(
    code="core.import",
    model=ImportSession,
    view="",
    edit=MANAGE_JOBS,
    editable=(),
    narrow=own_imports,
    select=("owner", "job"),
    describe_with="name",
    url=lambda identity: reverse("core_import_detail", args=[identity]),
)
