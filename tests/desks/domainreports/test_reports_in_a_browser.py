"""The page of reports in a real browser: on a desk and on a phone, by day and by night, without a fault."""

import gzip
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.access.signin.people import account
from tests.desks.domainreports.samples import NOBODY, OURS, SURVEYS, dmarc_xml, record, tls_json, zipped
from tests.desks.domainreports.test_screens import store, yesterday
from tests.mailbox.webmail.conftest import browser_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FORWARDED = record("203.0.113.80", 14, dkim="fail", spf="fail", signer="liste.example", reason="mailing_list")


@pytest.fixture
def page(live_server: LiveServer, chromium: Browser) -> Iterator[Page]:
    """An administrator's window, with eight days of reports."""
    for days in range(8):
        begins_at = yesterday() - timedelta(days=days)
        ours = OURS.replace("<count>900<", f"<count>{500 + 97 * days}<")
        records = (ours, SURVEYS, NOBODY, FORWARDED) if days % 2 else (ours,)
        store(zipped(dmarc_xml(*records, begins_at=begins_at, report_id=f"r{days}")))
        store(gzip.compress(tls_json(begins_at=begins_at)))
    made = account("aleclercq", role="administrator")
    type(made).objects.filter(pk=made.pk).update(spans_academies=True)
    cookie = browser_of(made).cookies[settings.SESSION_COOKIE_NAME].value
    context = chromium.new_context(locale="fr-FR", base_url=live_server.url, reduced_motion="reduce")
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    page.goto("about:blank")
    context.close()


def test_drawings_and_senders_are_read_on_any_screen(page: Page) -> None:
    folder = os.environ.get("VAGUEMESTRE_PICTURES", "")
    faults = []
    for width, scheme, query in (
        (1280, "light", ""), (1280, "dark", ""), (390, "light", ""), (390, "dark", "?vue=tableau"),
    ):  # fmt: skip
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(f"/administration/rapports{query}")
        expect(page.get_by_role("heading", name="Rapports DMARC et TLS")).to_be_visible()
        expect(page.get_by_text("donnez-lui une clé DKIM")).to_be_visible()
        expect(page.get_by_text("1 expéditeur régulier échoue")).to_be_visible()
        faults += [(width, scheme, fault["id"]) for fault in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append((width, scheme, "wider than the screen"))
        if folder:
            page.screenshot(path=Path(folder) / f"rapports-{width}-{scheme}.png", full_page=True)
    assert faults == []
