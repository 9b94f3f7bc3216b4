"""A mailing that its writer stops keeps its hour, gives its text back, and stays in the composer's pane."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.access.signin.people import account
from tests.answers import as_typed
from tests.mailbox.compose.test_mail_merge import HOME, carry, key, prepare, proof, start, typed
from tests.mailbox.compose.test_services import save

from vaguemestre.access.signin.rules.interrupted_acts import displayed_values
from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.templatetags.ui import moment
from vaguemestre.mailbox.compose import queries, services
from vaguemestre.mailbox.compose.models import Composition, Mailing
from vaguemestre.mailbox.compose.services.rows import new_key
from vaguemestre.mailbox.compose.values import MailingOrder, Writer
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.post.outbox.services import withdraw_author_messages, withdraw_held_messages
from vaguemestre.post.outbox.services.delivery import _refuse

__all__ = ["key"]

pytestmark = pytest.mark.django_db


def scheduled(writer: Writer, key: str, due: datetime) -> None:
    prepare(writer, key)
    seen = proof(writer, key)
    services.start_mailing(writer.account_id, key, MailingOrder(seen, due), by="x", now=timezone.now())


def stopped(writer: Writer, key: str, due: datetime) -> None:
    scheduled(writer, key, due)
    services.stop_mailing(writer.account_id, key, by="x", now=timezone.now())


def page_of(browser: Client, key: str, query: str = "") -> str:
    return as_typed(browser.get(f"{HOME}{key}/exemplaires/{query}").content.decode())


def test_stopped_and_resumed_it_leaves_at_its_hour_and_not_before(
    browser: Client, writer: Writer, key: str, mailboxes: MemoryMailboxes
) -> None:
    due = timezone.now() + timedelta(hours=2)
    stopped(writer, key, due)
    page = page_of(browser, key)
    assert "partiront" not in page.partition("Si vous reprenez")[0]
    assert as_typed(f"l’envoi reste programmé : départ <b>{moment(due)}</b>") in page
    browser.post(f"{HOME}{key}/exemplaires/partir/")
    mailing = Mailing.objects.get()
    assert (mailing.state, mailing.due_at) == ("running", due)
    services.run_mailing(mailing.pk, mailboxes, limit=10_000_000, now=timezone.now())
    assert not OutboxMessage.objects.exists()


def test_resumed_after_its_hour_it_leaves_now_as_the_page_said(
    browser: Client, writer: Writer, key: str, mailboxes: MemoryMailboxes
) -> None:
    stopped(writer, key, timezone.now() + timedelta(hours=2))
    Mailing.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert "est passée : si vous reprenez, l’envoi part <b>maintenant</b>" in page_of(browser, key)
    browser.post(f"{HOME}{key}/exemplaires/partir/")
    assert Mailing.objects.get().due_at is None
    carry(mailboxes)
    assert OutboxMessage.objects.count() == 2


def test_stopped_before_anything_left_it_gives_its_text_and_its_file_back(
    browser: Client, writer: Writer, key: str, mailboxes: MemoryMailboxes
) -> None:
    stopped(writer, key, timezone.now() + timedelta(hours=2))
    assert "Revenir au texte" in page_of(browser, key)
    back = browser.post(f"{HOME}{key}/exemplaires/texte/?cadre=1")
    assert back.headers["Location"] == f"{HOME}{key}/?cadre=1"
    assert browser.post(f"{HOME}{key}/exemplaires/texte/").status_code == 302  # a double click
    composer = browser.get(f"{HOME}{key}/")
    assert composer.status_code == 200
    assert "Note de {prenom}" in composer.content.decode()
    assert not Composition.objects.get().is_sending
    page = page_of(browser, key)
    assert "2 exemplaires prêts" in page
    assert "notes.csv" in page
    save(writer, key, mailboxes, 1, **typed(html="<p>Bonjour {prenom}, corrigé</p>"))
    start(writer, key)
    assert Mailing.objects.get().due_at is None, "no hour of before"
    carry(mailboxes)
    assert OutboxMessage.objects.count() == 2
    assert "corrigé" in str(bytes(OutboxMessage.objects.all()[0].content), "utf-8", "replace").replace(
        "=C3=A9", "é"
    )


def test_resumed_from_a_page_of_before_it_was_reopened_nothing_leaves(
    browser: Client, writer: Writer, key: str, mailboxes: MemoryMailboxes
) -> None:
    """A colleague is typing a correction: neither its half nor the hour that was said is sure any more."""
    stopped(writer, key, timezone.now() + timedelta(hours=2))
    assert "Reprendre l’envoi" in page_of(browser, key)
    services.reopen_mailing(writer.account_id, key)
    save(writer, key, mailboxes, 1, **typed(html="<p>Moitié de corr</p>"))
    answer = browser.post(f"{HOME}{key}/exemplaires/partir/")
    assert answer.status_code == 422
    assert "rouvert depuis, pour corriger son texte" in as_typed(answer.content.decode())
    assert "Le fichier est à choisir" not in as_typed(answer.content.decode()), "its copies are kept"
    assert (Mailing.objects.get().state, Composition.objects.get().is_sending) == ("ready", False)
    carry(mailboxes)
    assert not OutboxMessage.objects.exists()


def test_once_a_copy_has_left_the_text_is_no_longer_given_back(
    browser: Client, writer: Writer, key: str, mailboxes: MemoryMailboxes
) -> None:
    prepare(writer, key)
    start(writer, key)
    carry(mailboxes)
    services.stop_mailing(writer.account_id, key, by="x", now=timezone.now())
    assert "Revenir au texte" not in page_of(browser, key)
    with pytest.raises(Refusal, match="copies-left"):
        services.reopen_mailing(writer.account_id, key)
    assert Composition.objects.get().is_sending


@pytest.mark.parametrize("withdraw", [withdraw_held_messages, withdraw_author_messages])
def test_copies_withdrawn_with_the_right_of_their_sender_leave_once_it_is_resumed(
    writer: Writer, key: str, mailboxes: MemoryMailboxes, withdraw: Callable[..., int]
) -> None:
    """The others had left: the families in between never received anything."""
    prepare(writer, key)
    start(writer, key)
    carry(mailboxes)
    keys = list(OutboxMessage.objects.order_by("pk").values_list("key", flat=True))
    OutboxMessage.objects.filter(key=keys[0]).update(state="filed")
    OutboxMessage.objects.filter(key=keys[1]).update(state="held")
    with transaction.atomic():
        assert withdraw(writer.account_id, keys, by="x", now=timezone.now()) == 1
    services.stop_mailing(writer.account_id, key, by="x", now=timezone.now())
    status = queries.find_mailing(writer.account_id, key)
    assert status is not None
    assert (status.sent, status.refused, status.waiting, status.on_the_way) == (1, 0, 1, 0), "it will leave"
    services.start_mailing(writer.account_id, key, MailingOrder(), by="x", now=timezone.now())
    carry(mailboxes)
    again = OutboxMessage.objects.get(key=keys[1])
    assert again.state in ("queued", "held")
    assert bytes(again.content)
    assert OutboxMessage.objects.get(key=keys[0]).state == "filed"


def test_a_mailing_that_runs_is_stopped_first(writer: Writer, key: str) -> None:
    scheduled(writer, key, timezone.now() + timedelta(hours=2))
    with pytest.raises(Refusal, match="copies-left"):
        services.reopen_mailing(writer.account_id, key)
    assert Mailing.objects.get().state == "running"


def test_rows_left_aside_are_not_said_to_have_stayed_before_anything_leaves(
    browser: Client, writer: Writer, key: str
) -> None:
    scheduled(writer, key, timezone.now() + timedelta(hours=2))
    page = page_of(browser, key)
    assert "lignes du fichier ne partiront pas :" in page
    assert "« tom@ » n’est pas une adresse" in page
    assert "n’ont pas été envoyées" not in page


def test_in_the_pane_of_the_composer_every_page_of_it_stays_without_a_header(
    browser: Client, writer: Writer, key: str
) -> None:
    stopped(writer, key, timezone.now() + timedelta(hours=2))
    assert browser.get(f"{HOME}{key}/?cadre=1").headers["Location"] == f"{HOME}{key}/exemplaires/?cadre=1"
    assert 'exemplaires/partir/?cadre=1"' in page_of(browser, key, "?cadre=1")
    assert browser.post(f"{HOME}{key}/exemplaires/partir/?cadre=1").headers["Location"].endswith("?cadre=1")
    state = browser.get(f"{HOME}{key}/exemplaires/etat/?cadre=1").content.decode()
    assert 'exemplaires/arreter/?cadre=1"' in state
    assert 'exemplaires/etat/?cadre=1"' in state
    assert queries.find_mailing(writer.account_id, key) is not None


def test_stopped_it_goes_on_telling_of_the_copies_that_are_on_their_way(
    browser: Client, writer: Writer, key: str, mailboxes: MemoryMailboxes
) -> None:
    prepare(writer, key)
    start(writer, key)
    carry(mailboxes)
    services.stop_mailing(writer.account_id, key, by="x", now=timezone.now())
    page = page_of(browser, key)
    assert "2 autres sont déjà en route" in page
    assert "hx-get" in page.partition('id="mailing-state"')[2].partition("<h2>")[0]
    OutboxMessage.objects.update(state="filed")
    page = page_of(browser, key)
    assert "2 partis sur 2" in page
    assert "en route" not in page
    assert "hx-get" not in page.partition('id="mailing-state"')[2].partition("<h2>")[0]


def test_the_form_that_starts_it_names_it_for_whoever_confirms_later(
    browser: Client, writer: Writer, key: str
) -> None:
    prepare(writer, key)
    assert 'name="mailing" value="Note de {prenom}, 2 exemplaires"' in page_of(browser, key)
    stopped(writer, key, timezone.now() + timedelta(hours=2))
    assert 'name="mailing" value="Note de {prenom}, 2 exemplaires"' in page_of(browser, key)
    shown = displayed_values([("mailing", "Note"), ("schedule", "1"), ("day", "01/12/2026"), ("hour", "9 h")])
    assert shown == [("Courriel", "Note"), ("Jour", "01/12/2026"), ("Heure", "9 h")]


def refused_copies(browser: Client, writer: Writer, key: str, mailboxes: MemoryMailboxes) -> list[str]:
    """Keys of the copies that « Envois » offers to take up again, all refused at submission."""
    prepare(writer, key)
    start(writer, key)
    carry(mailboxes)
    for row in OutboxMessage.objects.order_by("key"):
        _refuse(row, "outbox.refused-recipient", timezone.now())
    return offered_copies(browser)


def offered_copies(browser: Client) -> list[str]:
    page = as_typed(browser.get("/messagerie/envois/").content.decode())
    return re.findall(r'name="copy" value="([^"]+)"', page)


def test_a_copy_that_was_not_sent_is_a_draft_again_with_its_own_text(
    browser: Client, writer: Writer, key: str, mailboxes: MemoryMailboxes
) -> None:
    copies = refused_copies(browser, writer, key, mailboxes)
    assert len(copies) == 2
    taken = OutboxMessage.objects.get(key=copies[0])
    address = browser.post(f"{HOME}", {"copy": copies[0]}).headers["Location"]
    draft = queries.find_draft(writer.account_id, address.rstrip("/").rpartition("/")[2])
    assert draft is not None
    assert draft.fields.to == taken.recipients[0]
    assert (draft.fields.subject, "{" in draft.fields.html) == (taken.subject, False)
    assert offered_copies(browser) == copies[1:]
    status = queries.find_mailing(writer.account_id, key)
    assert status is not None
    assert status.on_the_way == 0
    rows = mailboxes.box(writer.login.mailbox).page("Drafts", 0, 9).rows
    assert [row.summary.subject for row in rows].count(taken.subject) == 1


def test_a_copy_whose_text_is_not_kept_leads_to_its_mailing(
    browser: Client, writer: Writer, key: str, mailboxes: MemoryMailboxes
) -> None:
    copies = refused_copies(browser, writer, key, mailboxes)
    OutboxMessage.objects.update(content=b"")
    answer = browser.post(f"{HOME}", {"copy": copies[0]})
    assert answer.headers["Location"] == f"{HOME}{key}/exemplaires/"
    assert browser.post(f"{HOME}", {"copy": "x.1"}).status_code == 422
    assert browser.get(f"{HOME}{new_key()}/").status_code == 200, "a new draft"


def test_mailings_of_an_account_that_is_shut_stop_wherever_they_were_begun(
    writer: Writer, key: str, mailboxes: MemoryMailboxes
) -> None:
    """Its own, and those it began in the mailbox of others: there what waits does not leave either."""
    prepare(writer, key)
    start(writer, key)
    carry(mailboxes)
    OutboxMessage.objects.update(state="held")
    thief = account("voleur").pk
    Mailing.objects.update(acting_id=thief)
    with transaction.atomic():
        services.stop_mailings_of(account("autre").pk, by="x", now=timezone.now())
    assert Mailing.objects.get().state == "running", "of somebody else"
    with transaction.atomic():
        services.stop_mailings_of(thief, by="x", now=timezone.now())
    assert Mailing.objects.get().state == "stopped"
    assert {row.state for row in OutboxMessage.objects.all()}.isdisjoint({"queued", "held"})
    with transaction.atomic():
        services.stop_mailings_of(writer.account_id, by="x", now=timezone.now())
    assert Entry.objects.filter(action="compose.mailing-stopped").count() == 1, "it is stopped already"
