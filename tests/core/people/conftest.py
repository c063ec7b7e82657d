"""Three people: an owner who may do everything, a member who may look and keep keys, a stranger who may nothing."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client

from backoffice.core import masters, refs
from backoffice.core.actors import Actor
from backoffice.core.masters import Master, register_master
from backoffice.core.models.companies import Company
from backoffice.core.models.people import Role, User
from backoffice.core.permissions import (
    MANAGE_KEYS,
    MANAGE_PEOPLE,
    MANAGE_SETTINGS,
    VIEW_JOBS,
    VIEW_PEOPLE,
    VIEW_SETTINGS,
)
from backoffice.core.selectors.people import actor_of_user
from backoffice.core.services.roles import seed_roles

PASSWORD = "correct horse battery"
SHOP = "tests.shop"


class SlowHasher(PBKDF2PasswordHasher):
    """Real work, a tenth of what production does: enough to tell by the clock whether it was done."""

    iterations = 100_000


def make_user(email: str, *, roles: tuple[Role, ...] = (), password: str | None = PASSWORD, **fields: object) -> User:
    """A row, not the service: what the services do with it is what is tested."""
    user = User.objects.create_user(email, password, name=email.split("@")[0].title(), **fields)
    user.roles.set(roles)
    return user


def make_role(code: str, *rights: str, **fields: object) -> Role:
    return Role.objects.create(code=code, name=code.title(), permissions=sorted(rights), **fields)


@pytest.fixture
def roles(db: None) -> dict[str, Role]:
    """The built-in roles, and a lesser one that may manage people."""
    seed_roles()
    make_role("staff_office", VIEW_PEOPLE, MANAGE_PEOPLE, MANAGE_KEYS, VIEW_JOBS)
    make_role("clerk", VIEW_PEOPLE, VIEW_JOBS)
    make_role("treasurer", VIEW_SETTINGS, MANAGE_SETTINGS)
    return {role.code: role for role in Role.objects.all()}


@pytest.fixture
def owner(roles: dict[str, Role]) -> User:
    return make_user("olga@example.com", roles=(roles["administrator"],))


@pytest.fixture
def member(roles: dict[str, Role]) -> User:
    return make_user("max@example.com", roles=(roles["clerk"],))


@pytest.fixture
def stranger(roles: dict[str, Role]) -> User:
    return make_user("sam@example.com")


@pytest.fixture
def officer(roles: dict[str, Role]) -> User:
    """Manages people, but is no administrator."""
    return make_user("ofra@example.com", roles=(roles["staff_office"],))


@pytest.fixture
def acts() -> Callable[[User], Actor]:
    """The actor of an account as its next request would have it."""
    return lambda user: actor_of_user(User.objects.get(pk=user.pk), "test")


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser in which this person is signed in."""

    def client_of(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return client_of


@pytest.fixture
def shops(db: None) -> Iterator[list[Company]]:
    """Three rows of a kind that people can be limited in. The kind exists in these tests alone."""
    known, kinds = dict(masters._masters), dict(refs._kinds)
    register_master(
        Master(code=SHOP, model=Company, view=VIEW_SETTINGS, edit=MANAGE_SETTINGS, editable=(), limit=(SHOP, "pk"))
    )
    yield [
        Company.objects.create(code=code, name=f"Shop {code}", base_currency="EUR", country="DE")
        for code in ("A", "B", "C")
    ]
    for registry, before in ((masters._masters, known), (refs._kinds, kinds)):
        registry.clear()  # type: ignore[attr-defined]  # two dicts of different values
        registry.update(before)  # type: ignore[call-overload]  # see above
