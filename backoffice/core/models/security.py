"""The security log: who signed in or tried to, which keys were used from where, who gave which right to whom."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.core.models.base import Row


class SecurityEvent(Row):
    """One thing that mattered for the safety of the installation. Never changed, never deleted: the database refuses.

    `user` or `api_key` is whom it happened to, `actor` who did it. `subject` is a keyed hash of the address that was
    typed at the door, because that need not belong to anybody, and may be a password typed into the wrong field.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("sign-in failed")
        LOCKED_OUT = "locked_out", _("sign-in refused after too many failures")
        SECOND_FACTOR_FAILED = "second_factor_failed", _("second factor wrong")
        SIGNED_OUT = "signed_out", _("signed out")
        SESSIONS_ENDED = "sessions_ended", _("signed out by force")
        PASSWORD_LINK_SENT = "password_link_sent", _("link to set a password sent")
        PASSWORD_CHANGED = "password_changed", _("password changed")
        SECOND_FACTOR_ADDED = "second_factor_added", _("second factor added")
        SECOND_FACTOR_REMOVED = "second_factor_removed", _("second factor removed")
        ACCOUNT_MADE = "account_made", _("account made")
        ACCOUNT_CHANGED = "account_changed", _("account changed")
        ACCOUNT_STOPPED = "account_stopped", _("account switched off")
        ACCOUNT_RESUMED = "account_resumed", _("account switched on")
        ROLE_GIVEN = "role_given", _("role given")
        ROLE_TAKEN = "role_taken", _("role taken")
        ROLE_CHANGED = "role_changed", _("rights of a role changed")
        LIMITS_CHANGED = "limits_changed", _("limits changed")
        KEY_MADE = "key_made", _("API key made")
        KEY_REVOKED = "key_revoked", _("API key revoked")
        KEY_NEW_ADDRESS = "key_new_address", _("API key used from a new address")
        KEY_REFUSED = "key_refused", _("expired or revoked API key used")

    kind = models.CharField(_("what happened"), max_length=25, choices=Kind)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("person")
    )
    api_key = models.ForeignKey(
        "core.ApiKey", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("API key")
    )
    subject = models.CharField(_("hash of what was typed"), max_length=64, blank=True)
    actor = models.JSONField(_("done by"), null=True)
    ip = models.GenericIPAddressField(_("address"), null=True)
    user_agent = models.CharField(_("browser"), max_length=200, blank=True)
    request_id = models.CharField(_("request"), max_length=100, blank=True)
    facts = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("line of the security log")
        verbose_name_plural = _("security log")
        ordering = ["-pk"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
        indexes = [
            models.Index(fields=["user", "-id"], name="securityevent_by_user"),
            models.Index(fields=["api_key", "kind", "ip"], name="securityevent_by_key"),
            models.Index(fields=["subject", "created_at"], name="securityevent_by_subject"),
            models.Index(fields=["kind", "-id"], name="securityevent_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
