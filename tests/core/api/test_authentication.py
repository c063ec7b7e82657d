"""Who calls: keys in the header and nowhere else, sessions with their token, and nobody."""

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from backoffice.core.models.people import ApiKey, Role, User
from backoffice.core.permissions import VIEW_JOBS, VIEW_OUTBOX
from backoffice.core.services.api_keys import revoke_key
from tests.support.api import administrator, body_of, holder_of, make_program, person, program, refused, send_raw

pytestmark = pytest.mark.django_db
WHOAMI = "/api/v1/whoami"


def test_a_key_in_the_header_acts_with_its_own_rights_and_limits() -> None:
    made = make_program(VIEW_JOBS, name="Shop")
    told = body_of(holder_of(made.secret).get(WHOAMI))
    assert told == {"kind": "key", "id": made.key.pk, "name": "Shop", "permissions": [VIEW_JOBS], "limits": {}}
    made.key.refresh_from_db()
    assert (made.key.last_used_at is not None, made.key.last_used_from) == (True, "127.0.0.1")


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer a b",
        "Basic Zm9vOmJhcg==",
        "Token x",
        "bo_x",
        "Bearer é",
        "Bearer bo_x\tbo_y",
        "Bearer " + "x" * 9000,
    ],
    ids=lambda header: header[:16],
)
def test_refuses_an_authorization_header_that_is_none(header: str) -> None:
    response = APIClient().get(WHOAMI, headers={"Authorization": header})
    refused(response, 401, "bad_authorization_header")
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_refuses_keys_that_are_wrong_revoked_or_expired() -> None:
    made = make_program(VIEW_JOBS)
    holder = holder_of(made.secret)
    assert holder.get(WHOAMI).status_code == 200
    for secret in (
        "bo_unknown",
        made.secret[:-1],
        made.secret[:-1] + ("a" if made.secret[-1] != "a" else "b"),
        made.secret.upper(),
    ):
        refused(holder_of(secret).get(WHOAMI), 401, "bad_key")
    ApiKey.objects.filter(pk=made.key.pk).update(expires_at=timezone.now())
    refused(holder.get(WHOAMI), 401, "bad_key")
    ApiKey.objects.filter(pk=made.key.pk).update(expires_at=None)
    assert holder.get(WHOAMI).status_code == 200
    revoke_key(key_id=made.key.pk, actor=administrator())
    refused(holder.get(WHOAMI), 401, "bad_key")


@pytest.mark.parametrize("query", ["api_key={}", "access_token=x", "token=", "KEY=1", "q={}", "fields=id&x={}"])
def test_refuses_a_key_in_the_address_and_says_to_revoke_it(query: str) -> None:
    made = make_program(VIEW_JOBS)
    for client in (APIClient(), holder_of(made.secret)):
        told = refused(client.get(f"/api/v1/jobs?{query.format(made.secret)}"), 400, "key_in_address")
        assert "revoke" in told["hint"]
        assert made.secret not in str(told)


def test_nobody_is_told_how_to_sign_in() -> None:
    response = APIClient().get(WHOAMI)
    assert "Bearer" in refused(response, 401, "not_signed_in")["hint"]
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_person_of_the_console_acts_by_session() -> None:
    told = body_of(person(VIEW_JOBS).get(WHOAMI))
    assert (told["kind"], told["permissions"]) == ("user", [VIEW_JOBS])


def test_a_write_by_session_needs_the_token_of_our_own_pages() -> None:
    client = person(VIEW_JOBS, csrf=True)
    assert client.get(WHOAMI).status_code == 200
    refused(client.post("/api/v1/jobs/1/cancel"), 403, "csrf")
    form = send_raw(
        client, "post", "/api/v1/jobs/1/cancel", b"csrfmiddlewaretoken=x", "application/x-www-form-urlencoded"
    )
    refused(form, 403, "csrf")
    client.cookies["csrftoken"] = token = "a" * 32
    refused(client.post("/api/v1/jobs/1/cancel", headers={"X-CSRFToken": token}), 404)
    refused(
        client.post("/api/v1/jobs/1/cancel", headers={"X-CSRFToken": token, "Origin": "https://evil.example"}),
        403,
        "csrf",
    )


def test_a_key_needs_no_token_and_a_bad_key_is_not_saved_by_a_session() -> None:
    made = make_program(VIEW_JOBS)
    client = person(VIEW_JOBS, csrf=True)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {made.secret}")
    assert body_of(client.get(WHOAMI))["kind"] == "key"
    refused(client.post("/api/v1/jobs/1/cancel"), 404)
    client.credentials(HTTP_AUTHORIZATION="Bearer bo_wrong")
    refused(client.get(WHOAMI), 401, "bad_key")


def test_rights_are_read_anew_with_every_request() -> None:
    client = person(VIEW_OUTBOX)
    assert client.get("/api/v1/outbox/deliveries").status_code == 200
    Role.objects.filter(permissions=[VIEW_OUTBOX]).update(is_active=False)
    told = refused(client.get("/api/v1/outbox/deliveries"), 403, "not_permitted")
    assert told["facts"] == {"right": VIEW_OUTBOX}
    User.objects.update(is_active=False)
    refused(client.get("/api/v1/outbox/deliveries"), 401, "not_signed_in")


def test_a_stranger_is_refused_before_anything_is_looked_up(django_assert_max_num_queries: object) -> None:
    stranger = program(VIEW_JOBS)
    refused(stranger.get("/api/v1/outbox/deliveries/1"), 403, "not_permitted")
    refused(stranger.get("/api/v1/outbox/deliveries/999"), 403, "not_permitted")
