"""People, roles, limits and API keys."""

import pghistory
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.core.models.base import Editable, Row


class UserAccounts(BaseUserManager["User"]):
    """Users are known by their mail address, whatever its case."""

    use_in_migrations = True

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})


class Role(Editable):
    """A named set of rights, for example “picker”. Built-in roles can be changed but not deleted."""

    code = models.SlugField(_("code"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=100)
    description = models.CharField(_("description"), max_length=300, blank=True)
    permissions = ArrayField(models.CharField(max_length=100), verbose_name=_("rights"), default=list, blank=True)
    is_builtin = models.BooleanField(_("built in"), default=False, editable=False)
    # What the product itself gave this role when it was last seeded. What an administrator added or took since is the
    # difference to `permissions`, and the next seeding leaves it alone.
    seeded = ArrayField(
        models.CharField(max_length=100), verbose_name=_("rights given by the product"), default=list, editable=False
    )
    needs_second_factor = models.BooleanField(
        _("needs a second factor"),
        default=False,
        help_text=_("Whoever has this role must sign in with an authenticator app or a passkey as well."),
    )

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name as people read it: built-in roles in the reader's language, until somebody renames them."""
        return gettext(self.name) if self.is_builtin else self.name

    @property
    def told(self) -> str:
        """What it is for, in the same way."""
        return gettext(self.description) if self.is_builtin and self.description else self.description


class User(AbstractUser):
    """A person who signs in."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("as the device")
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    username = None  # type: ignore[assignment]  # Django's own way to drop the field
    email = models.EmailField(_("mail address"), max_length=254)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(_("language"), max_length=10, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    theme = models.CharField(_("theme"), max_length=5, choices=Theme, default=Theme.AUTO)
    roles = models.ManyToManyField(Role, related_name="users", verbose_name=_("roles"), blank=True)
    must_set_password = models.BooleanField(
        _("must set a password"), default=False, help_text=_("The next page after signing in asks for a new password.")
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserAccounts()  # type: ignore[assignment,misc]  # AbstractUser declares one that knows user names

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "email"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            # Sign-in looks addresses up as they are written; one with capitals would never be found.
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower_case"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


class ApiKey(Row):
    """A credential of a program. The secret itself is shown once and never stored."""

    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("begins with"), max_length=16, unique=True)
    secret_hash = models.CharField(_("hash"), max_length=64)
    permissions = ArrayField(models.CharField(max_length=100), verbose_name=_("rights"), default=list, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    expires_at = models.DateTimeField(_("expires"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    last_used_at = models.DateTimeField(_("last used"), null=True)
    last_used_from = models.GenericIPAddressField(_("last used from"), null=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class AccessLimit(Row):
    """Narrows a person or a key to some objects of a kind (`inventory.warehouse`). No row of a kind: no limit."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="limits", verbose_name=_("person"))
    api_key = models.ForeignKey(
        ApiKey, on_delete=models.CASCADE, null=True, related_name="limits", verbose_name=_("API key")
    )
    kind = models.CharField(_("kind"), max_length=100)
    object_id = models.BigIntegerField(_("object"))

    class Meta:
        verbose_name = _("access limit")
        verbose_name_plural = _("access limits")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=False) ^ models.Q(api_key__isnull=False), name="limit_of_one_credential"
            ),
            models.UniqueConstraint(
                fields=["user", "api_key", "kind", "object_id"], name="limit_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.object_id}"


def track_people() -> None:
    """History of who may do what. Passwords and the moment of the last sign-in are no part of it."""
    pghistory.track(model_name="RoleEvent", append_only=True)(Role)
    pghistory.track(model_name="UserEvent", append_only=True, exclude=["password", "last_login"])(User)
    pghistory.track(
        pghistory.InsertEvent(), pghistory.DeleteEvent(), model_name="UserRoleEvent", append_only=True, obj_field=None
    )(User.roles.through)
    pghistory.track(
        model_name="ApiKeyEvent", append_only=True, exclude=["secret_hash", "last_used_at", "last_used_from"]
    )(ApiKey)
    pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent(), model_name="AccessLimitEvent", append_only=True)(
        AccessLimit
    )


track_people()
