"""What is proofread before a mailing leaves."""

import pytest
from django.test import Client
from tests.answers import as_typed
from tests.mailbox.compose.test_mail_merge import HOME, TABLE, prepare, typed
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


def test_recipients_of_the_message_that_a_table_does_not_have_are_named(
    browser: Client, writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    key = new_key()
    people = {"to": "lea@dehors.example", "cc": "chef@famille.example", "bcc": "adjoint@famille.example"}
    save(writer, key, mailboxes, 0, **typed(**people))
    prepare(writer, key)
    page = as_typed(browser.get(f"{HOME}{key}/exemplaires/").content.decode())
    assert "2 destinataires du message</b> ne recevront rien (chef@famille.example, adjoint@" in page
    prepare(writer, key, TABLE.replace("noe@dehors", "chef@famille"))
    page = as_typed(browser.get(f"{HOME}{key}/exemplaires/").content.decode())
    assert "<b>adjoint@famille.example</b>, parmi les destinataires du message, ne recevra rien" in page
    assert "chef@famille.example, " not in page
