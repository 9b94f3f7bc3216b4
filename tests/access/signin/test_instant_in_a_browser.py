"""« Un instant… » in a real browser: it works or waits by itself, then the person is in."""

import contextlib
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.access.signin.people import PASSWORD, account
from tests.browser import access_faults

from vaguemestre.access.signin.models import Attempts

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


type NewContext = Callable[..., BrowserContext]


@pytest.fixture
def new_context(live_server: LiveServer, chromium: Browser) -> Iterator[NewContext]:
    """Contexts of this server, where Nicolas has an account and his network is above its brake."""
    account()
    Attempts.objects.create(subject="network:127.0.0.1", failures=40, last_at=timezone.now())
    with contextlib.ExitStack() as stack:
        yield lambda **options: stack.enter_context(
            chromium.new_context(base_url=live_server.url, locale="fr-FR", **options)
        )


def signing_in(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto("/alogin")
    page.get_by_label("Identifiant").fill("nmorel")
    page.get_by_label("Mot de passe ou passcode OTP").fill(PASSWORD)
    page.get_by_role("button", name="Valider").click()
    return page


def test_a_browser_does_the_work_and_goes_on(new_context: NewContext) -> None:
    context = new_context()
    seen: list[str] = []
    context.on(
        "response", lambda answer: seen.append(f"{answer.status} {answer.request.method} {answer.url}")
    )
    errors: list[str] = []
    page = signing_in(context)
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    expect(page.get_by_role("heading", name="Bonjour Nicolas")).to_be_visible(timeout=120_000)
    assert any(line.startswith("202 POST") for line in seen)
    assert any("302 POST" in line and line.endswith("/alogin/un-instant") for line in seen)
    assert not errors
    names = {cookie["name"] for cookie in context.cookies()}
    assert settings.HELD_FORM_COOKIE_NAME not in names


def test_a_browser_without_scripts_comes_back_by_itself(new_context: NewContext) -> None:
    context = new_context(java_script_enabled=False)
    page = signing_in(context)
    expect(page.get_by_role("heading", name="Un instant…")).to_be_visible()
    expect(page.get_by_role("status").first).to_contain_text("cette page reprend d’elle-même")
    expect(page.get_by_role("heading", name="Bonjour Nicolas")).to_be_visible(timeout=120_000)


def test_the_page_is_accessible(new_context: NewContext) -> None:
    context = new_context(viewport={"width": 390, "height": 800})
    context.route("**/browser-work.js", lambda route: route.abort())  # the page stays
    page = signing_in(context)
    expect(page.get_by_role("heading", name="Un instant…")).to_be_visible()
    assert access_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
