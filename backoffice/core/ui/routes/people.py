"""Addresses of the people, their roles and keys, the security log, and one's own profile."""

from django.urls import path

from backoffice.core.ui.api_keys import KEY_PAGES
from backoffice.core.ui.people import PEOPLE_PAGES
from backoffice.core.ui.roles import ROLE_PAGES
from backoffice.core.ui.security_log import SECURITY_PAGES
from backoffice.core.ui.views.profile import EndSessionsView, ProfileView
from backoffice.core.ui.views.who_may import WhoMayView

urlpatterns = [
    path("people/who-may/", WhoMayView.as_view(), name="core_who_may"),
    *PEOPLE_PAGES.urlpatterns(),
    *ROLE_PAGES.urlpatterns(),
    *KEY_PAGES.urlpatterns(),
    *SECURITY_PAGES.urlpatterns(),
    path("profile/", ProfileView.as_view(), name="core_profile"),
    path("profile/sessions/", EndSessionsView.as_view(), name="core_profile_sessions"),
]
