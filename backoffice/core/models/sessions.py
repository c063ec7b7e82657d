"""Who is signed in where. Rows are written by the session store in `backoffice.core.sessions` alone."""

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _


class Session(AbstractBaseSession):
    """A session as Django keeps it, with the person and the device in columns, so that one statement ends them all."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sessions", verbose_name=_("person")
    )
    ip = models.GenericIPAddressField(_("address"), null=True)
    user_agent = models.CharField(_("browser"), max_length=200, blank=True)
    signed_in_at = models.DateTimeField(_("signed in"), null=True)
    last_seen_at = models.DateTimeField(_("last seen"), null=True)

    class Meta(AbstractBaseSession.Meta):
        verbose_name = _("session")  # type: ignore[assignment]  # the base has a plain str, Django takes both
        verbose_name_plural = _("sessions")  # type: ignore[assignment]  # as above
        db_table = "core_session"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        from backoffice.core.sessions import SessionStore

        return SessionStore
