"""The window of somebody signed in, and a look at its page on every screen."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer
from tests.browser import access_faults

# Each width and each scheme is seen once, each pair in a long run and where pictures are taken.
_LOOKS = [(1280, "light"), (390, "dark")]
_PICTURES = os.environ.get("VAGUEMESTRE_PICTURES", "")
if _PICTURES or os.environ.get("VAGUEMESTRE_LONG"):
    _LOOKS += [(1280, "dark"), (390, "light")]


@contextmanager
def window(live_server: LiveServer, chromium: Browser, client: Client, path: str) -> Iterator[Page]:
    """A page of that path, with the session of `client`."""
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900},
        locale="fr-FR",
        base_url=live_server.url,
        reduced_motion="reduce",  # or axe reads a colour on its way to another
    )
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(path)
    yield page
    page.goto("about:blank")
    context.close()


def look(page: Page, name: str) -> None:
    """No fault of access and nothing wider than the screen, wide and narrow, light and dark."""
    for width, scheme in _LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        # whatever the motion, a colour changes in the frame after the scheme
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert access_faults(page) == [], (name, width, scheme)
        if _PICTURES:
            page.screenshot(path=f"{_PICTURES}/{name}-{width}-{scheme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
    page.set_viewport_size({"width": 1280, "height": 900})
