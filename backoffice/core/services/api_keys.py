"""Credentials of programs: made by a person, never more than that person, shown once, stored as a hash."""

import hashlib
import hmac
import re
import secrets
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import OperationalError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.core import clock
from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import Invalid, NotPermitted, Refused
from backoffice.core.locks import lock_one
from backoffice.core.models.people import ApiKey, User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.origin import current_origin
from backoffice.core.permissions import EVERYTHING, MANAGE_KEYS, MANAGE_PEOPLE, known_codes
from backoffice.core.services.escalation import require_reach, require_rights
from backoffice.core.services.limits import checked_limits, write_limits
from backoffice.core.services.security_log import record
from backoffice.core.texts import clean_line

log = structlog.get_logger(__name__)
Kind = SecurityEvent.Kind

# Letters and digits only, so that a double click selects the whole key; 43 of 62 are 256 bits.
_ALPHABET: Final = string.ascii_letters + string.digits
_PREFIX_LENGTH: Final = 10
_SECRET_LENGTH: Final = 43
_SHAPE: Final = re.compile(rf"bo_([A-Za-z0-9]{{{_PREFIX_LENGTH}}})_([A-Za-z0-9]{{{_SECRET_LENGTH}}})\Z")
LONGEST: Final = timedelta(days=730)
USED_EVERY: Final = timedelta(minutes=1)
REFUSAL_EVERY: Final = timedelta(hours=1)
# A program that could manage people or make keys would outlive its own revocation.
NOT_FOR_KEYS: Final = frozenset({EVERYTHING, MANAGE_PEOPLE, MANAGE_KEYS})


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key and its secret, which exists here and nowhere else. Its repr does not show it."""

    key: ApiKey
    secret: str

    def __repr__(self) -> str:
        return f"MadeKey({self.key.prefix})"


def make_key(
    *,
    name: str,
    permissions: Iterable[str],
    actor: Actor,
    expires_at: datetime | None,
    limits: Mapping[str, Iterable[int]] | None = None,
) -> MadeKey:
    """A new key. It has its maker's limits, or narrower ones.

    NotPermitted for programs; Refused for rights the maker lacks or that no program may have; Invalid for an expiry in the
    past or more than two years away (None is one year).
    """
    actor.require(MANAGE_KEYS)
    if actor.kind != "user" or actor.id is None:
        raise NotPermitted("not_for_programs", _("Only people make keys."))
    codes = _checked(permissions)
    require_rights(actor, codes)
    with acting(actor, "make key"):
        # A kind that is left empty is as limited as the maker is.
        narrower = {kind: chosen for kind, ids in (limits or {}).items() if (chosen := frozenset(ids))}
        wanted = checked_limits({**actor.limits, **narrower}, actor)
        require_reach(actor, wanted)
        prefix, secret = _random(_PREFIX_LENGTH), _random(_SECRET_LENGTH)
        key = ApiKey.objects.create(
            name=clean_line(name, field="name", max_length=100),
            prefix=prefix,
            secret_hash=_hash(secret),
            permissions=sorted(codes),
            created_by=User.objects.get(pk=actor.id),
            expires_at=_checked_expiry(expires_at),
        )
        write_limits(key, {}, wanted)
        record(
            Kind.KEY_MADE,
            api_key=key,
            user=key.created_by,
            actor=actor,
            rights=key.permissions,
            limits={kind: sorted(ids) for kind, ids in wanted.items()},
        )
    return MadeKey(key, f"bo_{prefix}_{secret}")


def revoke_key(*, key_id: int, actor: Actor, reason: str = "") -> ApiKey:
    """End a key for ever; its next request is refused. Refused when it was revoked before."""
    actor.require(MANAGE_KEYS)
    with acting(actor, reason):
        key = lock_one(ApiKey.objects.all(), key_id)
        if key.revoked_at is not None:
            raise Refused("key_is_revoked", _("This key was revoked before."))
        key.revoked_at = clock.now()
        key.save(update_fields=["revoked_at"])
        record(Kind.KEY_REVOKED, api_key=key, actor=actor, reason=reason)
    return key


def key_from_secret(secret: str) -> ApiKey | None:
    """The key of what a program sent (`bo_…_…`), when it is one and is in force; else None. One query.

    Whether the prefix is unknown or the rest is wrong cannot be told from the answer nor from its time.
    """
    match = _SHAPE.match(secret)
    key = ApiKey.objects.filter(prefix=match.group(1)).first() if match else None
    given = _hash(match.group(2) if match else secret[:100])
    is_right = hmac.compare_digest(given, key.secret_hash if key else _hash(""))
    if key is None or not is_right:
        return None
    if not is_in_force(key):
        _tell_refused(key)
        return None
    return key


def is_in_force(key: ApiKey) -> bool:
    """Neither revoked nor expired."""
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > clock.now())


def authenticate_key(secret: str, ip: str | None) -> ApiKey | None:
    """The key of what a program sent, and a note that it was used, from where."""
    key = key_from_secret(secret)
    if key is not None:
        _note_use(key, ip)
    return key


def _note_use(key: ApiKey, ip: str | None) -> None:
    """Remember the use, at most once a minute, and tell of an address that this key never came from before.

    It never fails and never holds up a request: when the row is busy, somebody else is noting the same.
    """
    moment = clock.now()
    is_due = key.last_used_at is None or key.last_used_at <= moment - USED_EVERY
    is_elsewhere = ip is not None and ip != key.last_used_from
    if not (is_due or is_elsewhere):
        return
    try:
        if is_elsewhere:
            known = SecurityEvent.objects.filter(kind=Kind.KEY_NEW_ADDRESS, api_key=key, ip=ip).exists()
            if not known:
                record(Kind.KEY_NEW_ADDRESS, api_key=key, first=key.last_used_at is None)
        if is_due:
            waiting = Q(last_used_at=None) | Q(last_used_at__lte=moment - USED_EVERY)
            ApiKey.objects.filter(waiting, pk=key.pk).update(last_used_at=moment, last_used_from=ip)
    except OperationalError:
        log.warning("key_use_not_noted", key=key.pk)


def _tell_refused(key: ApiKey) -> None:
    """Write down that a dead key was tried, once an hour for each address."""
    since = clock.now() - REFUSAL_EVERY
    told = SecurityEvent.objects.filter(
        kind=Kind.KEY_REFUSED, api_key=key, ip=current_origin().ip, created_at__gt=since
    ).exists()
    if not told:
        record(Kind.KEY_REFUSED, api_key=key, why="revoked" if key.revoked_at else "expired")


def _checked(permissions: Iterable[str]) -> frozenset[str]:
    codes = frozenset(permissions)
    for code in sorted(codes & NOT_FOR_KEYS):
        raise Refused(
            "right_not_for_keys",
            _("No key may have the right “%(code)s”: people are managed by people.") % {"code": code},
            field="permissions",
        )
    for code in sorted(codes - known_codes()):
        raise Invalid("unknown_right", _("There is no right “%(code)s”.") % {"code": code}, field="permissions")
    if not codes:
        raise Invalid(
            "no_rights", _("Choose at least one right; a key without any can do nothing."), field="permissions"
        )
    return codes


def _checked_expiry(expires_at: datetime | None) -> datetime:
    moment = clock.now()
    if expires_at is None:
        return moment + timedelta(days=365)
    if not moment < expires_at <= moment + LONGEST:
        raise Invalid(
            "bad_expiry", _("A key ends at some moment in the future, at most two years from now."), field="expires_at"
        )
    return expires_at


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _place in range(length))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
