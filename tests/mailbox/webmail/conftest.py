"""The reader's pages over mailboxes in memory, for somebody signed in."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import account
from tests.browser import PATIENCE_MS
from tests.engines.samples import letter

from vaguemestre.engines.conversion import task_runner
from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.mailbox.webmail.services import message_lists
from vaguemestre.mailbox.webmail.services.message import authors, message_reader, verdicts
from vaguemestre.mailbox.webmail.views.listing import lists, rows
from vaguemestre.mailbox.webmail.views.message import message_pane
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.mailstore.values import MessageRef

NOW = datetime.now(UTC)


@pytest.fixture
def boxes() -> Iterator[MemoryMailboxes]:
    before, made = open_mailbox.get(), MemoryMailboxes()
    for kept in (
        authors._authors,
        authors._names,
        message_reader._bodies,
        verdicts._verdicts,
        lists._row_pages,
        message_lists._uses,
        rows._rendered_pages,
        message_pane._panes,
    ):  # of the test before
        kept.clear()
    open_mailbox.replace(made)
    yield made
    open_mailbox.replace(before)


@pytest.fixture(autouse=True)
def _unhurried_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """What reading costs is bounded in processor seconds; how long that takes is the machine's, busy here."""
    monkeypatch.setattr(task_runner, "_CLOCK_SECONDS", 60.0)


@pytest.fixture
def nicolas(db: None) -> Account:
    return account()


@pytest.fixture
def box(boxes: MemoryMailboxes, nicolas: Account) -> MemoryMailbox:
    return boxes.box(nicolas.mailbox)


@pytest.fixture
def reader(nicolas: Account, boxes: MemoryMailboxes) -> Client:
    """A browser of Nicolas, signed in."""
    return browser_of(nicolas)


@pytest.fixture
def page(live_server: LiveServer, boxes: MemoryMailboxes, chromium: Browser) -> Iterator[Page]:
    """A desk's window, Nicolas signed in; nothing opened yet."""
    cookie = browser_of(account()).cookies[settings.SESSION_COOKIE_NAME].value
    context = chromium.new_context(
        viewport={"width": 1280, "height": 860}, locale="fr-FR", base_url=live_server.url
    )
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    page.goto("about:blank")
    context.close()


def browser_of(whose: Account) -> Client:
    return signed_in(whose)


def put(
    box: MemoryMailbox,
    content: bytes | None = None,
    *,
    folder: str = "INBOX",
    flags: tuple[str, ...] = (),
    minutes: int = 0,
    subject: str = "Sortie au Marquenterre",
) -> MessageRef:
    return box.append(folder, content or letter(subject), flags, NOW + timedelta(minutes=minutes))


def address(ref: MessageRef, rest: str = "") -> str:
    return f"/messagerie/{ref.folder}/{ref.uid_validity}/{ref.uid}/{rest}"


def ref_text(ref: MessageRef) -> str:
    return f"{ref.folder}/{ref.uid_validity}/{ref.uid}"
