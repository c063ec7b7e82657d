"""What machines and operators ask: is it alive."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backoffice.core.documents.pdf import pdf_available
from backoffice.core.selectors import health


@never_cache
@require_safe
def health_page(request: HttpRequest) -> JsonResponse:
    """200 while this installation can do its work, 503 otherwise. Open to everybody, so it says nothing more than that."""
    found = health.look()
    answer = found.as_json() | {"pdf": pdf_available(), "version": settings.VERSION}
    return JsonResponse(answer, status=200 if found.is_ok else 503)
