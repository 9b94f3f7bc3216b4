"""The page of reports in a real browser: on a desk and on a phone, by day and by night, without a fault."""

import gzip
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.access.signin.people import account
from tests.desks.domainreports.samples import NOBODY, OURS, SURVEYS, dmarc_xml, record, tls_json, zipped
from tests.desks.domainreports.test_screens import store, yesterday
from tests.desks.windows import look, window
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
    with window(live_server, chromium, browser_of(made), "/administration/rapports") as page:
        yield page


def test_drawings_and_senders_are_read_on_any_screen(page: Page) -> None:
    for query in ("", "?vue=tableau"):
        page.goto(f"/administration/rapports{query}")
        expect(page.get_by_role("heading", name="Rapports DMARC et TLS")).to_be_visible()
        expect(page.get_by_text("donnez-lui une clé DKIM")).to_be_visible()
        expect(page.get_by_text("1 expéditeur régulier échoue")).to_be_visible()
        look(page, f"rapports{query[5:]}")
