"""Imports as saved sessions: the file, how its columns are read, and what became of each of its rows."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.core.models.base import Row


class DecimalMark(models.TextChoices):
    """Which sign parts the decimals of a file's numbers."""

    POINT = ".", _("point: 1,234.56")
    COMMA = ",", _("comma: 1.234,56")


class ImportMapping(Row):
    """How somebody read the columns of a file with these titles; offered again when such a file comes back."""

    kind = models.CharField(_("kind"), max_length=60)
    name = models.CharField(_("name"), max_length=150)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("owner")
    )
    fingerprint = models.CharField(_("fingerprint of the titles"), max_length=64)
    columns = models.JSONField(_("columns"))
    decimal_mark = models.CharField(_("decimal mark"), max_length=1, choices=DecimalMark, default=DecimalMark.POINT)
    clears = models.BooleanField(_("blank cells empty the field"), default=False)
    used_at = models.DateTimeField(_("last used"))

    class Meta:
        verbose_name = _("mapping of columns")
        verbose_name_plural = _("mappings of columns")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "owner", "fingerprint"], nulls_distinct=False, name="importmapping_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ImportSession(Row):
    """One file on its way in. Written by the services of imports alone.

    `titles` are those of the file, `columns` says for each field which of them it is read from (by place). `problems` concern
    the file as a whole. `counts` are taken when a step ends.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        CHECKING = "checking", _("is being checked")
        CHECKED = "checked", _("checked")
        APPLYING = "applying", _("is being applied")
        DONE = "done", _("applied")
        UNDOING = "undoing", _("is being taken back")
        UNDONE = "undone", _("taken back")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    class Policy(models.TextChoices):
        REJECT_ALL = "reject_all", _("Reject everything when one row is bad")
        REJECT_ROWS = "reject_rows", _("Reject bad rows, take the others")
        HOLD_ROWS = "hold_rows", _("Hold bad rows for correction, take the others")

    kind = models.CharField(_("kind"), max_length=60)
    name = models.CharField(_("file"), max_length=150)
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.UPLOADED)
    policy = models.CharField(_("bad rows"), max_length=11, choices=Policy, default=Policy.REJECT_ALL)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("owner")
    )
    actor = models.JSONField(_("started by"))
    titles = models.JSONField(_("titles of the columns"), default=list)
    samples = models.JSONField(_("first rows"), default=list)
    fingerprint = models.CharField(_("fingerprint of the titles"), max_length=64, blank=True)
    columns = models.JSONField(_("columns"), default=dict)
    decimal_mark = models.CharField(_("decimal mark"), max_length=1, choices=DecimalMark, default=DecimalMark.POINT)
    clears = models.BooleanField(_("blank cells empty the field"), default=False)
    language = models.CharField(_("language"), max_length=10, default="en")
    problems = models.JSONField(_("problems of the file"), default=list)
    is_readable = models.BooleanField(_("could be read to the end"), default=True)
    counts = models.JSONField(_("counts"), default=dict)
    job = models.ForeignKey("core.Job", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("job"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["owner", "-id"], name="importsession_by_owner")]

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"

    @property
    def is_busy(self) -> bool:
        """Whether a worker has it."""
        return self.state in (self.State.CHECKING, self.State.APPLYING, self.State.UNDOING)


class ImportRow(models.Model):
    """One row of the file. `wave` orders rows that refer to one another; `before` is what a changed row was like."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits")
        DONE = "done", _("taken")
        REFUSED = "refused", _("rejected")
        HELD = "held", _("held")
        UNDONE = "undone", _("taken back")

    class Action(models.TextChoices):
        CREATE = "create", _("new")
        CHANGE = "change", _("changed")
        SAME = "same", _("the same")
        ERROR = "error", _("bad")

    session = models.ForeignKey(ImportSession, on_delete=models.CASCADE, related_name="rows", verbose_name=_("import"))
    line = models.PositiveIntegerField(_("line"))
    wave = models.PositiveSmallIntegerField(_("turn"), default=0)
    cells = models.JSONField(_("cells"))
    key = models.CharField(_("key"), max_length=32, blank=True)
    action = models.CharField(_("what it does"), max_length=6, choices=Action, blank=True)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    problems = models.JSONField(_("problems"), default=list)
    label = models.CharField(_("name"), max_length=200, blank=True)
    row_id = models.BigIntegerField(_("row"), null=True)
    version = models.PositiveIntegerField(_("version"), null=True)
    before = models.JSONField(_("before"), null=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        indexes = [
            models.Index(fields=["session", "state", "wave", "id"], name="importrow_by_state"),
            models.Index(fields=["session", "action", "id"], name="importrow_by_action"),
            models.Index(fields=["session", "key"], name="importrow_by_key", condition=~models.Q(key="")),
        ]

    def __str__(self) -> str:
        return self.label or f"{self.session_id}/{self.line}"
