"""Signing in with a passkey and with an authenticator app, in a real browser under the real content security policy."""

import os
import shutil
import time
import warnings
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page, sync_playwright

from backoffice.core.models.people import User
from backoffice.core.models.security import SecurityEvent
from tests.core.people.conftest import PASSWORD, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
]


@pytest.fixture
def browser() -> Iterator[BrowserContext]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        warnings.warn("NO BROWSER: install chromium; signing in with a passkey is not tested here", stacklevel=1)
        pytest.skip("no chromium on this machine")
    # Playwright keeps an event loop on this thread, and Django then refuses the database to perfectly synchronous tests.
    with patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="true"), sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running.new_context(viewport={"width": 1440, "height": 900})
        running.close()


@pytest.fixture
def page(browser: BrowserContext, live_server: Any, settings: Any) -> Iterator[Page]:
    """A page that complains about nothing by the end of the test."""
    cache.clear()
    settings.SECOND_FACTOR_REQUIRED = True
    complaints: list[str] = []
    opened = browser.new_page()
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    assert complaints == []


def sign_in(page: Page, address: str, user: User) -> None:
    page.goto(f"{address}/account/login/")
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.click("form.stack button.btn-primary")
    page.wait_for_load_state("networkidle")


def test_a_passkey_is_added_and_opens_the_door_without_a_password(page: Page, live_server: Any) -> None:
    user = make_user("sam@example.com")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    sign_in(page, live_server.url, user)
    page.goto(f"{live_server.url}/account/second-factor/webauthn/add/")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#mfa_webauthn_add")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/account/second-factor/recovery-codes/**")
    assert sorted(Authenticator.objects.values_list("type", flat=True)) == ["recovery_codes", "webauthn"]

    page.context.clear_cookies()
    page.goto(f"{live_server.url}/account/login/")
    page.click("#passkey_login")
    page.wait_for_url(f"{live_server.url}/")
    last = SecurityEvent.objects.filter(kind="signed_in").first()
    assert last is not None
    assert (last.user, last.facts) == (user, {"by": ["webauthn"]})


def test_an_app_is_added_and_asked_for(page: Page, live_server: Any) -> None:
    user = make_user("sam@example.com")
    sign_in(page, live_server.url, user)
    page.goto(f"{live_server.url}/account/second-factor/totp/activate/")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#authenticator_secret")
    # The picture that the app's camera reads is drawn by the server and shown under the policy.
    assert page.evaluate("document.querySelector('img.paper').naturalWidth") > 0
    secret = page.input_value("#authenticator_secret")
    page.fill("[name=code]", totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30)))
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/second-factor/recovery-codes/**")
    assert Authenticator.objects.filter(user=user, type="totp").count() == 1

    page.context.clear_cookies()
    cache.clear()
    sign_in(page, live_server.url, user)
    assert page.url.startswith(f"{live_server.url}/account/second-factor/authenticate/")
    page.fill("[name=code]", totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30)))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/")
