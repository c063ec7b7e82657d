"""The demo shop: what every floor adds to it, in the order of the floors, always by the services that real work goes through.

An app registers its parts in `demo.py`. A part is made once: `is_there` says whether it was, and each part is one transaction,
so an interrupted seed goes on where it stopped and a second one adds nothing. Everything follows from the seed alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.declared import COMPANIES
from backoffice.core.errors import Refused
from backoffice.core.models.companies import Company
from backoffice.core.models.people import Role, User
from backoffice.core.permissions import ADMINISTRATOR
from backoffice.core.roles import BUILTIN_ROLES
from backoffice.core.services.accounts import invite_account
from backoffice.core.services.masters import create_row
from backoffice.core.services.roles import seed_roles

COMPANY_CODE: Final = "BRINDLE"
PASSWORD: Final = "open-the-back-office"  # noqa: S105  (everybody may know it: embedded installations alone have these accounts)
SEED: Final = 20260302
EVERYBODY: Final = "demo.example"


@dataclass(frozen=True)
class Shop:
    """What a part works with: an actor, dice of its own, and a way to tell what it did."""

    actor: Actor
    tell: Callable[[str], None]
    dice: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311  (a shop, not a secret)

    @property
    def company(self) -> Company:
        return Company.objects.get(code=COMPANY_CODE)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the shop. `make` returns a sentence on what is there now."""

    code: str
    is_there: Callable[[], bool]
    make: Callable[[Shop], str]


_parts: dict[str, Part] = {}


def demo_part(code: str, *, is_there: Callable[[], bool]) -> Callable[[Callable[[Shop], str]], Callable[[Shop], str]]:
    """Declare a part: `@demo_part("inventory.catalog", is_there=Product.objects.exists)`."""

    def register(make: Callable[[Shop], str]) -> Callable[[Shop], str]:
        _parts[code] = Part(code, is_there, make)
        return make

    return register


def all_parts() -> list[Part]:
    """Every part in the order of the floors."""
    autodiscover_modules("demo")
    return list(_parts.values())


def seed(tell: Callable[[str], None], *, force: bool = False) -> None:
    """Make every part that is not there. Refused outside an embedded installation, unless forced: everybody knows the log-ins."""
    if not (getattr(settings, "EMBEDDED", False) or force):
        raise Refused(
            "not_embedded",
            _("The demo shop has log-ins that everybody knows, so it is made in embedded installations only."),
            hint=_("If this installation holds nothing of value and nobody else reaches it, say --force."),
        )
    for part in all_parts():
        with transaction.atomic():
            if not part.is_there():
                dice = Random(f"{SEED}:{part.code}")  # noqa: S311  (a shop, not a secret)
                tell(part.make(Shop(Actor.system("demo"), tell, dice)))


# --- the ground floor -----------------------------------------------------------------------------------------------


def _company_is_there() -> bool:
    return Company.objects.filter(code=COMPANY_CODE).exists()


@demo_part("core.company", is_there=_company_is_there)
def make_company(shop: Shop) -> str:
    """One house that sells what makes a kitchen, a home and a garden."""
    values = {
        "code": COMPANY_CODE,
        "name": "Brindle & Vane",
        "legal_name": "Brindle & Vane SAS",
        "tax_number": "FR00999999999",
        "base_currency": "EUR",
        "country": "FR",
        "time_zone": "Europe/Paris",
        "language": "en",
        "address": {
            "country": "FR",
            "name": "Brindle & Vane",
            "street": "14 rue des Tilleuls",
            "postal_code": "69007",
            "city": "Lyon",
        },
        "email": f"office@{EVERYBODY}",
    }
    company = create_row(master=COMPANIES, values=values, actor=shop.actor, reason="demo shop")
    return f"company {company.name}"


@dataclass(frozen=True, slots=True)
class Login:
    """A demo account."""

    role: str
    email: str
    name: str


# One person for each built-in role; names without a home in any one country.
_NAMES: Final = (
    "Piet Alder", "Pia Bosko", "Lena Corvi", "Bo Dray", "Sol Emeri", "Ada Fenn", "Max Greel", "Ira Holt", "Ines Jarro",
)  # fmt: skip
LOGINS: Final = tuple(
    Login(role.code, f"{role.code.replace('_', '.')}@{EVERYBODY}", name)
    for role, name in zip(BUILTIN_ROLES, _NAMES, strict=True)
)


def _people_are_there() -> bool:
    return User.objects.filter(email__in=[login.email for login in LOGINS]).count() == len(LOGINS)


@demo_part("core.people", is_there=_people_are_there)
def make_people(shop: Shop) -> str:
    """One account for each role, all with the one password that `demo_logins` prints."""
    seed_roles(shop.actor)
    roles = dict(Role.objects.values_list("code", "pk"))
    known = set(User.objects.values_list("email", flat=True))
    secret = make_password(PASSWORD)
    for login in LOGINS:
        if login.email in known:
            continue
        user = invite_account(
            email=login.email,
            name=login.name,
            role_ids=[roles[login.role]],
            time_zone="Europe/Paris",
            actor=shop.actor,
            reason="demo shop",
        )
        # Hashing costs a good part of a second by design; one hash does for all of them, as they share the password.
        user.password = secret
        user.save(update_fields=["password"])
    return f"{len(LOGINS)} people, one of each role"


def logins() -> Iterator[Login]:
    """Those of the demo accounts that are there and can sign in, the administrator first."""
    there = set(User.objects.filter(is_active=True).values_list("email", flat=True))
    for login in sorted(LOGINS, key=lambda login: login.role != ADMINISTRATOR):
        if login.email in there:
            yield login


def login_of(role: str) -> User:
    """The demo account of a role."""
    return User.objects.get(email=next(login.email for login in LOGINS if login.role == role))
