"""Roles: what is in them, and who has them."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import Conflict, Invalid, Missing, Problem, Refused
from backoffice.core.locks import lock_one
from backoffice.core.models.people import Role, User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.permissions import ADMINISTRATOR, MANAGE_PEOPLE, declared_rights, known_codes
from backoffice.core.roles import BUILTIN_ROLES
from backoffice.core.services.escalation import (
    keeping_an_administrator,
    require_above,
    require_rights,
    require_somebody_else,
)
from backoffice.core.services.security_log import record
from backoffice.core.texts import clean_line

Kind = SecurityEvent.Kind


def set_roles(*, user_id: int, role_ids: Iterable[int], actor: Actor, reason: str = "") -> User:
    """Give a person exactly these roles. In force from its next request on.

    Refused for one's own account, for accounts above the actor, for rights the actor lacks, and when nobody who may
    manage people would remain. A role that is switched off can be kept or taken, not given.
    """
    actor.require(MANAGE_PEOPLE)
    with acting(actor, reason), keeping_an_administrator():
        user = lock_one(User.objects.all(), user_id)
        require_somebody_else(actor, user)
        require_above(actor, user)
        roles = {role.pk: role for role in Role.objects.all()}
        wanted, had = set(role_ids), set(user.roles.values_list("pk", flat=True))
        for unknown in sorted(wanted - roles.keys()):
            raise Missing("not_found", _("There is no role %(id)s.") % {"id": unknown}, field="roles")
        for key in sorted(wanted - had):
            _give(user, roles[key], actor)
        for key in sorted(had - wanted):
            user.roles.remove(roles[key])
            record(Kind.ROLE_TAKEN, user=user, actor=actor, role=roles[key].code)
    return user


def give_role(*, user_id: int, role_id: int, actor: Actor, reason: str = "") -> User:
    """Give one more role; nothing happens when the person has it already. Refused as in set_roles."""
    had = Role.objects.filter(users=user_id).values_list("pk", flat=True)
    return set_roles(user_id=user_id, role_ids={*had, role_id}, actor=actor, reason=reason)


def take_role(*, user_id: int, role_id: int, actor: Actor, reason: str = "") -> User:
    """Take one role; nothing happens when the person does not have it. Refused as in set_roles."""
    had = Role.objects.filter(users=user_id).values_list("pk", flat=True)
    return set_roles(user_id=user_id, role_ids=set(had) - {role_id}, actor=actor, reason=reason)


def _give(user: User, role: Role, actor: Actor) -> None:
    if not role.is_active:
        raise Refused("role_is_off", _("The role %(role)s is switched off.") % {"role": role.title}, field="roles")
    require_rights(actor, role.permissions)
    user.roles.add(role)
    record(Kind.ROLE_GIVEN, user=user, actor=actor, role=role.code)


def make_role(
    *,
    code: str,
    name: str,
    permissions: Iterable[str],
    actor: Actor,
    description: str = "",
    needs_second_factor: bool = False,
    reason: str = "",
) -> Role:
    """A role of one's own. Refused for rights that the actor lacks; Conflict when the code is taken."""
    actor.require(MANAGE_PEOPLE)
    with acting(actor, reason):
        codes = _checked(permissions)
        require_rights(actor, codes)
        role = Role(
            code=_code(code),
            name=clean_line(name, field="name", max_length=100),
            description=clean_line(description, field="description", max_length=300, required=False),
            permissions=sorted(codes),
            needs_second_factor=needs_second_factor,
        )
        try:
            with transaction.atomic():
                role.save()
        except IntegrityError:
            raise Conflict("role_exists", _("There is a role with this code already."), field="code") from None
        record(Kind.ROLE_CHANGED, actor=actor, role=role.code, added=sorted(codes), removed=[])
    return role


def change_role(
    *,
    role_id: int,
    name: str,
    permissions: Iterable[str],
    version: int,
    actor: Actor,
    description: str = "",
    needs_second_factor: bool = False,
    is_active: bool = True,
    reason: str = "",
) -> Role:
    """Change what a role is called and what is in it. In force for everybody who has it from their next request on.

    Refused: rights that the actor lacks cannot be added, nor taken from others who have them; a role that the actor has
    itself stays as it is; the administrator keeps every right. Conflict when `version` is not what is there now.
    """
    actor.require(MANAGE_PEOPLE)
    with acting(actor, reason), keeping_an_administrator():
        role = lock_one(Role.objects.all(), role_id)
        if role.version != version:
            raise Conflict(
                "edited_meanwhile",
                _("Somebody changed this role while you were editing it."),
                hint=_("Look at what it is now, and repeat your change."),
                version=role.version,
            )
        codes, had = _checked(permissions, known=frozenset(role.permissions)), frozenset(role.permissions)
        is_turned = is_active != role.is_active
        weakens = role.needs_second_factor and not needs_second_factor
        # Who switches a role on or off, or lets a password be enough for it, decides on all that is in it.
        require_rights(actor, codes | had if is_turned or weakens else codes ^ had)
        if codes != had or is_turned:
            _require_free_to_change(role, actor)
        was_strict = role.needs_second_factor
        role.name = clean_line(name, field="name", max_length=100)
        role.description = clean_line(description, field="description", max_length=300, required=False)
        role.permissions, role.is_active, role.needs_second_factor = sorted(codes), is_active, needs_second_factor
        role.save()
        if codes != had or is_turned or was_strict != needs_second_factor:
            record(
                Kind.ROLE_CHANGED,
                actor=actor,
                role=role.code,
                added=sorted(codes - had),
                removed=sorted(had - codes),
                is_active=is_active,
                needs_second_factor=needs_second_factor,
            )
    return role


def _require_free_to_change(role: Role, actor: Actor) -> None:
    if role.code == ADMINISTRATOR:
        raise Refused(
            "administrator_has_everything",
            _("The administrator always has every right, and cannot be switched off."),
            hint=_("Make a role of your own for people who need less."),
        )
    if actor.kind == "user" and role.users.filter(pk=actor.id).exists():
        raise Refused(
            "your_own_role",
            _("You have this role yourself, and nobody changes their own rights."),
            hint=_("Ask somebody else who may manage people."),
        )


def _checked(permissions: Iterable[str], known: frozenset[str] = frozenset()) -> frozenset[str]:
    """The codes, or Invalid naming those that no app knows. Codes that the role holds already may be old ones."""
    codes = frozenset(permissions)
    unknown = sorted(codes - known_codes() - known)
    if unknown:
        raise Invalid(
            "unknown_right",
            _("There is no right “%(code)s”.") % {"code": unknown[0]},
            problems=[
                Problem("unknown_right", _("There is no right “%(code)s”.") % {"code": code}) for code in unknown
            ],
        )
    return codes


def _code(text: str) -> str:
    code = text.strip().lower().replace(" ", "_").replace("-", "_")
    if not (1 <= len(code) <= 50 and code.isascii() and code.replace("_", "a").isalnum()):
        raise Invalid("bad_code", _("A code has 1 to 50 letters a to z, digits and _."), field="code")
    return code


def seed_roles(actor: Actor | None = None) -> dict[str, list[str]]:
    """Make the built-in roles, or bring them up to date with what the apps declare. May run at any time.

    What the product gave and now declares no longer is taken; what it newly declares is given; what an administrator added
    or took by hand stays so. Returns the rights that each role gained.
    """
    actor = actor or Actor.system("seed roles")
    gained: dict[str, list[str]] = {}
    with acting(actor, "seed roles"):
        for built in BUILTIN_ROLES:
            role, _is_new = Role.objects.get_or_create(
                code=built.code,
                defaults={
                    "name": built.name,
                    "description": built.description,
                    "is_builtin": True,
                    "needs_second_factor": built.needs_second_factor,
                },
            )
            role = lock_one(Role.objects.all(), role.pk)
            declared, given = declared_rights(built.code), frozenset(role.seeded)
            fresh, gone = declared - given, given - declared
            if fresh or gone or not role.is_builtin:
                gained[built.code] = sorted(fresh - set(role.permissions))
                role.permissions = sorted((set(role.permissions) | fresh) - gone)
                role.seeded, role.is_builtin = sorted(declared), True
                role.save()
                record(Kind.ROLE_CHANGED, actor=actor, role=role.code, added=sorted(fresh), removed=sorted(gone))
    return gained
