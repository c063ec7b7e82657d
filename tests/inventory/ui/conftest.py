"""The browser of the shell's tests, in front of the real console of somebody who may do everything."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.core.ui.conftest import Console, browser, watch
from tests.support.console import signed_in

__all__ = ["browser"]


@pytest.fixture
def desk(browser: Browser, live_server: Any, transactional_db: None) -> Iterator[Console]:
    """A signed-in console at 1440 px that must end without a complaint."""
    client = signed_in()
    cookies: Any = [
        {"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in client.cookies.items()
    ]
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.add_cookies(cookies)
    opened = Console(context.new_page(), live_server.url)
    watch(opened)
    yield opened
    context.close()
    assert opened.complaints == []
