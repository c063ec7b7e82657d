"""Every address of the house. Apps are named by string; each has `ui/urls.py` and `api/urls.py`."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

APPS = ("backoffice.core", "inventory", "warehouse", "orders", "returns", "reporting", "integrations")


def _doors(kind: str) -> list[URLPattern | URLResolver]:
    """The urls of every app that has this kind of door."""
    return [
        path("", include(f"{app}.{kind}.urls"))
        for app in APPS
        if find_spec(f"{app}.{kind}") is not None and find_spec(f"{app}.{kind}.urls") is not None
    ]


urlpatterns = [
    path("account/", include("backoffice.core.ui.routes.sign_in")),
    path("django-admin/", admin.site.urls),
    path("api/v1/", include((_doors("api"), "api"))),
    path("api/docs/", include("backoffice.core.api.docs_urls")),
    path("", include(_doors("ui"))),
]

handler400 = "backoffice.core.ui.errors.bad_request"
handler403 = "backoffice.core.ui.errors.forbidden"
handler404 = "backoffice.core.ui.errors.not_found"
handler500 = "backoffice.core.ui.errors.server_error"
