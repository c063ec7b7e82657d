"""Exports of a list: a file at once up to 5,000 rows, a job with a result file above that."""

import tempfile
from typing import Final

from django.http import FileResponse, HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backoffice.core.errors import Invalid
from backoffice.core.jobs import start_job
from backoffice.core.ui.pages.asked import Asked, read
from backoffice.core.ui.pages.edits import carry_out_once, new_command
from backoffice.core.ui.pages.parts import EXPORTED_AT_ONCE
from backoffice.core.ui.pages.shown import Views
from backoffice.core.ui.pages.tables import CONTENT_TYPES, export_into
from backoffice.core.ui.pages.views import DeclaredPage
from backoffice.core.ui.pages.work import EXPORT_JOB, job_address

# Parts of the address that say how to export, not what.
HOW: Final = ("format", "columns")


class ExportView(DeclaredPage):
    """GET answers the file, or asks whether a large one shall be made; POST has it made."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Invalid for a format there is not, or filters that are not understood."""
        kind, asked = self._asked(request)
        names = self._columns(request, asked)
        if asked.rows().order_by()[: EXPORTED_AT_ONCE + 1].count() > EXPORTED_AT_ONCE:
            context = self.context(
                kind=kind,
                most=EXPORTED_AT_ONCE,
                back_url=asked.address(),
                command=new_command(),
                post_url=request.get_full_path(),
            )
            return render(request, "core/pages/export.html", context)
        file = tempfile.TemporaryFile()  # noqa: SIM115  (the answer closes it when it is sent)
        export_into(file, self.pages, self.actor, asked.params.urlencode(), names, kind)
        file.seek(0)
        name = f"{self.pages.slug}-{timezone.localdate():%Y-%m-%d}.{kind}"
        return FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPES[kind])

    def post(self, request: HttpRequest) -> HttpResponseRedirect:
        """To the job that makes the file."""
        kind, asked = self._asked(request)
        params = {
            "page": self.pages.code,
            "query": asked.params.urlencode(),
            "columns": self._columns(request, asked),
            "kind": kind,
            "language": get_language() or "en",
            "zone": timezone.get_current_timezone_name(),
        }
        title = _("Export: %(list)s") % {"list": self.pages.title}

        def run() -> str:
            return job_address(start_job(EXPORT_JOB, actor=self.actor, params=params, title=title))

        return HttpResponseRedirect(carry_out_once(request, self.actor, run))

    def _asked(self, request: HttpRequest) -> tuple[str, Asked]:
        query = QueryDict(request.GET.urlencode(), mutable=True)
        kind = query.get("format", "csv")
        for name in (*HOW, "after", "before"):
            query.pop(name, None)
        if kind not in CONTENT_TYPES:
            raise Invalid("unknown_format", _("Lists are exported as CSV or as an Excel workbook."), field="format")
        asked = read(self.pages, self.actor, query, request)
        if asked.problems:
            raise Invalid("bad_filter", asked.problems[0])
        return kind, asked

    def _columns(self, request: HttpRequest, asked: Asked) -> list[str]:
        """None at all: every column that this actor may see."""
        if request.GET.get("columns") == "all":
            return []
        return [column.name for column in Views(asked).columns()]
