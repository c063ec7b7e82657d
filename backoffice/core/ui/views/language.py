"""Another language for the console: kept with the person, or in a cookie for visitors of the log-in page."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from backoffice.core.errors import Invalid
from backoffice.core.services.accounts import change_own_profile
from backoffice.core.ui.pages.views import back_to

YEAR = 365 * 24 * 3600


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Back to where one was, in the language chosen."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise Invalid("unknown_language", _("The console does not speak that language."), field="language")
    response = HttpResponseRedirect(back_to(request, "/"))
    actor = getattr(request, "actor", None)
    if actor:
        change_own_profile(values={"language": language}, version=None, actor=actor)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response
