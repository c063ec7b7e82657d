"""Who may open what: every address of the resolver, every role, against the table that is checked in.

The table is made by the real doors: each address is asked with GET and POST as a visitor without a name, as each built-in
role, and (for the API) as a key without rights. A new address without a line here fails, and so does one whose answer to
somebody changed. Write the table anew with `./bo test tests/architecture/test_permission_matrix.py --write-matrix`, then read
the difference.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern

from backoffice.core.models.people import Role, User
from backoffice.core.services.roles import seed_roles

TABLE = Path(__file__).with_name("permission_matrix.json")
# Pages of the frameworks with rules of their own (signing in, the superuser's admin), and the one that is open to all.
THEIRS = ("account/", "django-admin/", "health")
SAMPLES = {
    "int": "999999999",
    "str": "none",
    "slug": "none",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "path": "none",
}
METHODS = ("GET", "POST")


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every address: as it is declared, and with samples in its gaps."""
    for entry in patterns:
        pattern = entry.pattern
        declared = str(pattern).strip("^$") if isinstance(pattern, RegexPattern) else str(pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, prefix + declared)
        else:
            address = prefix + declared
            filled = address
            if isinstance(pattern, RoutePattern | RegexPattern):
                for name, converter in _converters(address):
                    filled = filled.replace(name, SAMPLES[converter])
            yield address, "/" + filled


def _converters(address: str) -> Iterator[tuple[str, str]]:
    """The gaps of an address, named groups of expressions first: a converter's `<name>` also stands inside of them."""
    groups = re.compile(r"\(\?P<\w+>[^)]*\)")
    for match in groups.finditer(address):
        yield match.group(0), "int"
    for match in re.finditer(r"<(?:(\w+):)?\w+>", groups.sub("", address)):
        yield match.group(0), match.group(1) or "str"


def people() -> dict[str, Client]:
    """One signed-in person for each built-in role, one without any, and a visitor."""
    seed_roles()
    clients = {"visitor": Client(), "nobody": _signed_in("nobody")}
    for role in Role.objects.filter(is_builtin=True).order_by("code"):
        clients[role.code] = _signed_in(role.code, role)
    return clients


def _signed_in(code: str, role: Role | None = None) -> Client:
    user = User.objects.create_user(f"{code}@example.org", "a long enough password", name=code)
    if role is not None:
        user.roles.add(role)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(scope="module")
def table() -> dict[str, dict[str, str]]:
    return json.loads(TABLE.read_text()) if TABLE.exists() else {}


@pytest.mark.django_db
def test_every_address_answers_every_role_as_the_table_says(
    table: dict[str, dict[str, str]], request: pytest.FixtureRequest
) -> None:
    found: dict[str, dict[str, str]] = {}
    clients = people()
    for declared, address in routes(get_resolver().url_patterns):
        if declared.startswith(THEIRS):
            continue
        for method in METHODS:
            answers: dict[str, list[str]] = {}
            for code, client in clients.items():
                client.raise_request_exception = False
                # Asked as htmx asks: a refusal is then a fragment, not a whole page, and the crawl is several times faster.
                body, headers = (b"{}", {}) if "/api/" in address else (b"", {"HX-Request": "true"})
                response = client.generic(method, address, body, "application/json", headers=headers)
                answers.setdefault(str(response.status_code), []).append(code)
                assert response.status_code < 500, f"{method} {address} as {code}: {response.status_code}"
            found[f"{method} {declared}"] = {
                status: "everybody" if len(codes) == len(clients) else " ".join(sorted(codes))
                for status, codes in sorted(answers.items())
            }
    if request.config.getoption("--write-matrix"):
        TABLE.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
        return
    missing = sorted(found.keys() - table.keys())
    gone = sorted(table.keys() - found.keys())
    assert (missing, gone) == ([], [])
    assert {route: answer for route, answer in found.items() if answer != table[route]} == {}


def test_nothing_but_the_listed_addresses_is_open_to_visitors(table: dict[str, dict[str, str]]) -> None:
    """What a visitor gets of ours without signing in: nothing (health stands aside)."""
    open_to_all = {
        route
        for route, answers in table.items()
        for status, codes in answers.items()
        if status == "200" and ("visitor" in codes.split() or codes == "everybody")
    }
    assert open_to_all == set()
