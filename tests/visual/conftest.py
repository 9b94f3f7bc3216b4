"""The browser people have, and somebody signed in before mailboxes in memory as for the reader’s tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from tests.browser import launch
from tests.mailbox.webmail.conftest import boxes, page

__all__ = ["boxes", "page"]


@pytest.fixture(scope="module")
def chromium(chromium: Browser) -> Iterator[Browser]:
    browser = launch(chromium.browser_type, whole=True)
    yield browser
    browser.close()
