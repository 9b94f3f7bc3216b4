"""A note on a conversation of a shared mailbox is not lost before it is added."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.desks.windows import window
from tests.mailbox.webmail.conftest import browser_of
from tests.schools.sharing.conftest import School

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.schools.sharing.models import Note

pytestmark = pytest.mark.browser


@pytest.fixture
def page(
    live_server: LiveServer, school: School, mails: MemoryMailboxes, chromium: Browser
) -> Iterator[Page]:
    box = mails.box(school.box.account.mailbox)
    for number, subject in enumerate(("Bourse de collège", "Rendez-vous")):
        text = f"From: papa@famille.example\r\nSubject: {subject}\r\nMessage-ID: <{number}@x>\r\n\r\nBonjour"
        box.append("INBOX", text.encode(), (), datetime(2026, 11, 24, tzinfo=UTC))
    with window(live_server, chromium, browser_of(school.head), f"{school.path}messagerie/") as page:
        yield page


def test_a_note_being_written_is_there_again_after_another_message(page: Page) -> None:
    """It was gone, without a question."""
    page.get_by_text("Bourse de collège").first.click()
    page.get_by_text("Confier, noter").click()
    note = page.get_by_label("Note interne")
    note.fill("Le père a rappelé.")
    page.get_by_text("Rendez-vous").first.click()
    expect(page.get_by_role("heading", name="Rendez-vous")).to_be_visible()
    expect(page.get_by_text("Confier, noter")).to_be_visible()
    expect(note).not_to_be_visible()
    page.get_by_text("Bourse de collège").first.click()
    expect(note).to_have_value("Le père a rappelé.")
    page.get_by_role("button", name="Je m’en charge").click()
    expect(page.get_by_text("Pris en charge par vous")).to_be_visible()
    expect(note).to_have_value("Le père a rappelé.")
    page.get_by_role("button", name="Ajouter la note").click()
    expect(page.get_by_label("Notes internes")).to_contain_text("Le père a rappelé.")
    expect(note).to_have_value("")
    assert Note.objects.count() == 1
