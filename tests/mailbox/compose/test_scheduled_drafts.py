"""What is to leave at an hour chosen is found where one looks for it, and stays when its draft is deleted."""

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.answers import as_typed
from tests.mailbox.compose.test_mail_merge import HOME, key, prepare, proof
from tests.mailbox.compose.test_services import LIMIT, drafts, save

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.mailbox.compose import services
from vaguemestre.mailbox.compose.handlers import is_draft_deleted, restore_refused_draft
from vaguemestre.mailbox.compose.models import Composition, Mailing
from vaguemestre.mailbox.compose.services.rows import new_key
from vaguemestre.mailbox.compose.values import Writer
from vaguemestre.mailbox.webmail.views.listing import lists, rows
from vaguemestre.post.mailstore.values import Flag
from vaguemestre.post.outbox.events import MessageRefused
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.post.outbox.services import send_message
from vaguemestre.post.outbox.values import Acceptance

__all__ = ["key"]

pytestmark = pytest.mark.django_db
SENT = "/messagerie/envois/"


def tomorrow() -> dict[str, str]:
    day = timezone.localdate() + timedelta(days=1)
    return {"schedule": "1", "day": f"{day:%d/%m/%Y}", "hour": "9 h"}


def marks(box: MemoryMailbox) -> list[bool]:
    return [Flag.SCHEDULED in row.flags for row in box.page("Drafts", 0, 9).rows]


def delete_drafts(box: MemoryMailbox) -> None:
    box.move([row.ref for row in box.page("Drafts", 0, 9).rows], "Trash")


def send(outbox_id: int) -> list[str]:
    """Send it at its hour; who received it."""
    received: list[str] = []

    def submit(
        mailbox: str, sender: str, recipients: list[str], content: bytes, *, report: bool = False
    ) -> None:
        received.extend(recipients)

    send_message(
        outbox_id, submit=submit, was_accepted=lambda *_: Acceptance.NO,
        mark_answered=lambda *_: nullcontext(lambda: True), file_sent=lambda *_, **__: None,
        is_draft_deleted=is_draft_deleted, now=timezone.now() + timedelta(days=2),
    )  # fmt: skip
    return received


def test_a_scheduled_mailing_is_in_envois_and_marked_among_the_drafts(
    browser: Client, writer: Writer, key: str, box: MemoryMailbox
) -> None:
    for kept in (lists._row_pages, rows._rendered_pages):
        kept.clear()
    prepare(writer, key)
    assert "Note de {prenom}" not in browser.get(SENT).content.decode(), "nothing is to leave yet"
    browser.post(f"{HOME}{key}/exemplaires/partir/", {**tomorrow(), "proof": proof(writer, key)})
    page = as_typed(browser.get(SENT).content.decode())
    assert "Note de {prenom}" in page
    assert "2 exemplaires, un par destinataire" in page
    assert "Ne pas envoyer" in page
    assert marks(box) == [True]
    assert '<span class="chip">Programmé</span>' in browser.get("/messagerie/Drafts/lignes/").content.decode()
    browser.post(f"{HOME}{key}/exemplaires/arreter/")
    assert "Arrêté" in browser.get(SENT).content.decode()
    assert marks(box) == [False]
    browser.post(f"{HOME}{key}/exemplaires/texte/")
    assert "Note de {prenom}" not in browser.get(SENT).content.decode()


def test_a_scheduled_mailing_whose_draft_was_deleted_does_not_leave_and_its_writer_is_told(
    browser: Client, writer: Writer, key: str, mailboxes: MemoryMailboxes, box: MemoryMailbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    told: list[str] = []

    def notify(account_id: int, act: str, **more: Any) -> None:
        told.append(act)

    monkeypatch.setattr("vaguemestre.mailbox.compose.services.mailings.stopped_mailings.notify_owner", notify)
    prepare(writer, key)
    browser.post(f"{HOME}{key}/exemplaires/partir/", {**tomorrow(), "proof": proof(writer, key)})
    delete_drafts(box)
    for _ in range(2):
        services.run_mailing(
            Mailing.objects.get().pk, mailboxes, limit=LIMIT, now=timezone.now() + timedelta(days=2)
        )
    assert Mailing.objects.get().state == "stopped"
    assert not OutboxMessage.objects.exists()
    assert told == ["mailing-withdrawn"]


def test_it_leaves_at_its_hour_while_its_draft_is_there(
    browser: Client, writer: Writer, key: str, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    prepare(writer, key)
    browser.post(f"{HOME}{key}/exemplaires/partir/", {**tomorrow(), "proof": proof(writer, key)})
    services.run_mailing(
        Mailing.objects.get().pk, mailboxes, limit=LIMIT, now=timezone.now() + timedelta(days=2)
    )
    assert OutboxMessage.objects.count() == 2


@pytest.mark.parametrize("is_deleted", [False, True])
def test_a_letter_for_later_leaves_unless_its_draft_was_deleted(
    browser: Client, writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox, is_deleted: bool
) -> None:
    key, typed = new_key(), {"to": "lea@dehors.example", "subject": "Sortie", "html": "<p>x</p>"}
    save(writer, key, mailboxes, 0, **typed)
    later = f"{timezone.localdate() + timedelta(days=1):%d/%m/%Y} 9 h"
    answer = browser.post(
        f"{HOME}{key}/envoyer/",
        {**typed, "later": later, "attempt": "1"},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 200, answer.content
    assert marks(box) == [True]
    message = OutboxMessage.objects.get()
    if is_deleted:
        delete_drafts(box)
    assert send(message.pk) == ([] if is_deleted else ["lea@dehors.example"])
    message.refresh_from_db()
    if is_deleted:
        assert (message.state, message.reason) == ("refused", "outbox.draft-deleted")
        restore_refused_draft(MessageRefused(writer.account_id, message.key))
        assert not Composition.objects.get().is_sending
        assert len(drafts(box)) == 1, "its text is not lost"
        assert "Son brouillon a été supprimé" in as_typed(browser.get(SENT).content.decode())


def test_cancelled_a_letter_for_later_is_an_ordinary_draft(
    browser: Client, writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    key, typed = new_key(), {"to": "lea@dehors.example", "subject": "Sortie", "html": "<p>x</p>"}
    save(writer, key, mailboxes, 0, **typed)
    later = f"{timezone.localdate() + timedelta(days=1):%d/%m/%Y} 9 h"
    json = {"Accept": "application/json"}
    browser.post(f"{HOME}{key}/envoyer/", {**typed, "later": later, "attempt": "1"}, headers=json)
    assert marks(box) == [True]
    browser.post(f"{HOME}{key}/annuler/", headers=json)
    assert marks(box) == [False]
