"""The window of somebody signed in, and a look at its page on every screen."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

_COLOURS_AT_REST = """Promise.allSettled(
  document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished))"""


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
    folder = os.environ.get("VAGUEMESTRE_PICTURES", "")
    for width in (1280, 390):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            # whatever the motion, a colour changes in the frame after the scheme
            page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            page.evaluate(_COLOURS_AT_REST)
            found = Axe().run(page).response["violations"]
            shown = [(one["id"], one["nodes"][0]["html"], one["nodes"][0]["failureSummary"]) for one in found]
            assert shown == [], (width, scheme)
            if folder:
                page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
    page.set_viewport_size({"width": 1280, "height": 900})
