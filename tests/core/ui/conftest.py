"""A real browser for the tests of this folder: Debian's Chromium driven by playwright."""

import os
import shutil
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from unittest.mock import patch

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        warnings.warn("NO BROWSER: install chromium; the tests of the console's scripts do not run here", stacklevel=1)
        pytest.skip("no chromium on this machine")
    # Playwright keeps an event loop on this thread, and Django then refuses the database to perfectly synchronous tests.
    with patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="true"), sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@dataclass
class Console:
    """A page, and all that went wrong on it without a test asking."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "/gallery/") -> Page:
        self.page.goto(self.address + path, wait_until="networkidle")
        return self.page

    def burst(self, code: str) -> None:
        """Keys as a wedge scanner sends them: a few milliseconds apart, then Enter."""
        self.page.keyboard.type(code, delay=3)
        self.page.keyboard.press("Enter")

    def press(self, *keys: str) -> None:
        """Keys as a person presses them."""
        for key in keys:
            self.page.keyboard.press(key)
            self.page.wait_for_timeout(80)

    def went_to(self, path: str) -> None:
        self.page.wait_for_url(self.address + path, timeout=5_000)


def watch(console: Console) -> None:
    """Write down console errors, refusals of the content security policy and requests to anywhere else."""
    page, own = console.page, console.address
    page.on("console", lambda said: console.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: console.complaints.append(str(error)))
    page.on(
        "request",
        lambda asked: (
            None if asked.url.startswith((own, "data:")) else console.complaints.append(f"outside request {asked.url}")
        ),
    )


@pytest.fixture
def console(browser: Browser, console_address: str) -> Iterator[Console]:
    """The console at 1440 px; it must end without a complaint."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    opened = Console(context.new_page(), console_address)
    watch(opened)
    yield opened
    context.close()
    assert opened.complaints == []


@pytest.fixture
def console_address(live_server, settings) -> str:
    """Where the pages of console_pages.py are served, in the project's own settings."""
    settings.ROOT_URLCONF = "tests.core.ui.console_pages"
    templates = [dict(engine) for engine in settings.TEMPLATES]
    options = dict(templates[0]["OPTIONS"])
    options["context_processors"] = [*options["context_processors"], "tests.core.ui.console_pages.console"]
    templates[0]["OPTIONS"] = options
    settings.TEMPLATES = templates
    return live_server.url
