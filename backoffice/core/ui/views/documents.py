"""Opening one version of a document, and writing down who did."""

from typing import Any, cast

from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.core.documents.service import How, serve_document
from backoffice.core.errors import Missing
from backoffice.core.models.documents import DocumentVersion
from backoffice.core.ui.console import ConsolePage

HOWS = ("viewed", "printed", "downloaded")


class DocumentView(ConsolePage):
    """The file of a version; the kind of document says who may have it."""

    def get(self, request: HttpRequest, key: int, how: str, **_kwargs: Any) -> FileResponse:
        version = DocumentVersion.objects.select_related("document", "file").filter(pk=key).first()
        if version is None or how not in HOWS:
            raise Missing("not_found", _("There is no such document here."))
        return serve_document(version, self.actor, cast(How, how))
