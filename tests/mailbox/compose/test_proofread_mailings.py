"""What is proofread before a mailing leaves."""

import pytest
from django.test import Client
from tests.answers import as_typed
from tests.mailbox.compose.test_mail_merge import HOME, prepare, typed
from tests.mailbox.compose.test_services import save

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.mailbox.compose.models import Composition
from vaguemestre.mailbox.compose.services.files.attachments import attach_file
from vaguemestre.mailbox.compose.services.rows import new_key
from vaguemestre.mailbox.compose.values import Writer

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox) -> str:
    key = new_key()
    save(writer, key, mailboxes, 0, **typed())
    return key


def test_the_files_of_each_copy_are_shown(browser: Client, writer: Writer, key: str) -> None:
    attach_file(Composition.objects.get(), "Voyage.pdf", "application/pdf", b"%PDF-")
    prepare(writer, key)
    assert "Avec chaque exemplaire : Voyage.pdf" in as_typed(
        browser.get(f"{HOME}{key}/exemplaires/").content.decode()
    )
