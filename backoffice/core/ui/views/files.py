"""Stored files by their address. The rule of each kind of file says who may read it."""

from django.http import FileResponse, HttpRequest

from backoffice.core.files.storage import by_token, serve
from backoffice.core.ui.console import ConsolePage


class FileView(ConsolePage):
    """GET shows a picture or a PDF in place and hands out everything else. Missing for whoever may not read it."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, token: str) -> FileResponse:
        return serve(by_token(token), self.actor, "inline")
