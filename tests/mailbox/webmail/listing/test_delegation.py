"""A mailbox that its person lends: the private folders are not there, whatever is asked."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.samples import letter

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.mailbox.webmail.rules.listing.private_mail import (
    DelegatedScope,
    draft_mark,
    is_private,
    is_private_message,
)
from vaguemestre.mailbox.webmail.rules.listing.view_params import PLAIN
from vaguemestre.mailbox.webmail.services.private_mail import DelegatedMailbox
from vaguemestre.post.mailstore.ports import FolderGone, FolderRefused, MessageGone
from vaguemestre.post.mailstore.privacy import PRIVATE
from vaguemestre.post.mailstore.values import MessageRef, Use

SENSITIVE = letter("Bilan").replace(b"Subject:", b"Sensitivity: Personal\r\nSubject:", 1)
DAY = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    "name", ["Personnel", "PRIVÉ", "Prive", "Famille/Privé/2026", "Personnel - santé", "perso"]
)
def test_private_folders_are_known_by_their_name(name: str) -> None:
    assert is_private(name)


@pytest.mark.parametrize("name", ["INBOX", "Classe 4e B", "Privations", "Archive"])
def test_other_folders_are_not_private(name: str) -> None:
    assert not is_private(name)


@given(st.text(max_size=8), st.sampled_from(["Privé", "personnel"]), st.text(max_size=8))
def test_whatever_stands_around_in_the_path(before: str, word: str, after: str) -> None:
    assert is_private(f"{before}/{word}/{after}")


def test_nothing_of_a_private_folder_is_reached() -> None:
    mailbox = MemoryMailboxes().box("marie@ac-amiens.test")
    mailbox.create_folder("Privé")
    hidden = mailbox.append("Privé", letter("Secret"), (), DAY)
    seen = mailbox.append("INBOX", letter("Réunion"), (), DAY)
    fenced = DelegatedMailbox(mailbox, DelegatedScope())
    shown = {folder.name: folder.use for folder in fenced.folders()}
    assert "Privé" not in shown
    everywhere = next(name for name, use in shown.items() if use is Use.ALL)
    assert fenced.refs(everywhere, PLAIN) == (seen,)
    assert [row.ref for row in fenced.page(everywhere, 0, 50).rows] == [seen]
    assert fenced.open(seen).subject == "Réunion"
    for ask in (
        lambda: fenced.page("Privé", 0, 50),
        lambda: fenced.search("Privé", ("x",), 0, 50),
        lambda: fenced.look("Privé", PLAIN, 0, 50),
        lambda: fenced.refs("Privé", PLAIN),
        lambda: fenced.place("Privé", PLAIN, date(2026, 11, 1)),
        lambda: fenced.find_by_message_id("Privé", "<x>"),
        lambda: fenced.move([seen], "Privé"),
        lambda: fenced.append("Privé", b"", (), DAY),
    ):
        with pytest.raises(FolderGone):
            ask()
    for look in (
        lambda: fenced.open(hidden),
        lambda: fenced.part(hidden, "1"),
        lambda: fenced.raw(hidden),
        lambda: fenced.conversation(hidden),
        lambda: fenced.flag([hidden], ("\\Seen",), ()),
        lambda: fenced.move([hidden], "INBOX"),
        lambda: fenced.expunge([hidden]),
    ):
        with pytest.raises(MessageGone):
            look()
    for change in (
        lambda: fenced.create_folder("Autre"),
        lambda: fenced.rename_folder("Privé", "Autre"),
        lambda: fenced.delete_folder("INBOX"),
        lambda: fenced.subscribe("INBOX", wanted=False),
    ):
        with pytest.raises(FolderRefused):
            change()


def test_private_messages_are_not_among_the_unread_that_any_list_counts() -> None:
    mailbox = MemoryMailboxes().box("marie@ac-amiens.test")
    mailbox.append("INBOX", letter("Réunion"), (), DAY)
    mailbox.append("INBOX", SENSITIVE, (), DAY)
    fenced = DelegatedMailbox(mailbox, DelegatedScope())
    grouped = replace(PLAIN, is_grouped=True)
    pages = [fenced.page("INBOX", 0, 50), *(fenced.look("INBOX", view, 0, 50) for view in (PLAIN, grouped))]
    assert [page.unread for page in pages] == [1, 1, 1]
    assert fenced.folders()[0].unread == 1


def test_a_search_of_all_mail_covers_the_folders_that_are_lent() -> None:
    mailbox = MemoryMailboxes().box("marie@ac-amiens.test")
    mailbox.create_folder("Privé")
    kept = [
        mailbox.append(folder, letter(f"Sortie {folder}"), (), DAY) for folder in ("INBOX", "Sent", "Archive")
    ]
    mailbox.append("Privé", letter("Sortie secrète"), (), DAY)
    mailbox.append("Archive", letter("Privé : sortie"), (), DAY)
    mailbox.append("INBOX", SENSITIVE.replace(b"Bilan", b"Sortie"), (), DAY)
    for number in range(250):
        mailbox.append("Privé", letter(f"Sortie {number}"), (), DAY)
    fenced = DelegatedMailbox(mailbox, DelegatedScope())
    everywhere = next(folder for folder in fenced.folders() if folder.use is Use.ALL)
    page = fenced.search(everywhere.name, ("sortie",), 0, 2)
    rest = fenced.search(everywhere.name, ("sortie",), 2, 50)
    assert {row.ref for row in (*page.rows, *rest.rows)} == set(kept)
    assert (len(page.rows), rest.total, page.unread) == (2, 3, 0)
    assert fenced.place(everywhere.name, PLAIN, DAY.date()) == 0
    assert fenced.place(everywhere.name, PLAIN, date(2026, 11, 1)) == 4  # one's subject alone hides it
    with pytest.raises(FolderGone):
        fenced.move([kept[0]], everywhere.name)
    inbox_only = DelegatedMailbox(mailbox, DelegatedScope(only_reception=True))
    with pytest.raises(FolderGone):
        inbox_only.search(everywhere.name, ("sortie",), 0, 50)


def test_the_reception_alone_may_be_lent() -> None:
    mailbox = MemoryMailboxes().box("marie@ac-amiens.test")
    mailbox.create_folder("Classe 4e B")
    fenced = DelegatedMailbox(mailbox, DelegatedScope(only_reception=True))
    assert {folder.use for folder in fenced.folders()} == {Use.INBOX}
    with pytest.raises(FolderGone):
        fenced.page("Classe 4e B", 0, 50)
    with pytest.raises(MessageGone):
        fenced.open(MessageRef("Classe 4e B", 1, 1))


def test_of_the_drafts_only_those_the_colleague_wrote() -> None:
    mailbox = MemoryMailboxes().box("marie@ac-amiens.test")
    hidden = mailbox.append("Drafts", letter("Secret"), (), DAY)
    scope = DelegatedScope(only_reception=True, draft_mark=draft_mark(2))
    fenced = DelegatedMailbox(mailbox, scope)
    other = DelegatedMailbox(mailbox, DelegatedScope(only_reception=True, draft_mark=draft_mark(12)))
    mine, theirs = (one.append("Drafts", letter("Réponse"), (), DAY) for one in (fenced, other))
    assert {folder.name: folder.total for folder in fenced.folders()} == {"INBOX": 0, "Drafts": 1}
    for refs in (
        fenced.refs("Drafts", PLAIN),
        [row.ref for row in fenced.page("Drafts", 0, 50).rows],
        [row.ref for row in fenced.search("Drafts", ("réponse",), 0, 50).rows],
    ):
        assert list(refs) == [mine]
    assert fenced.page("Drafts", 0, 50).validator != other.page("Drafts", 0, 50).validator
    assert fenced.open(mine).subject == "Réponse"
    for ref in (hidden, theirs):
        with pytest.raises(MessageGone):
            fenced.open(ref)
        with pytest.raises(MessageGone):
            fenced.move([mine, ref], "INBOX")


@pytest.mark.parametrize(
    "subject",
    [
        "PERSONNEL : rendez-vous",
        "Personnel: x",
        "Re: Privé\u00a0: y",
        "[privé] z",
        "Résultats (Personnel)",
        "Privé",
    ],
)
def test_a_subject_says_that_a_message_is_private(subject: str) -> None:
    assert is_private_message(subject, ())


@pytest.mark.parametrize(
    "subject",
    ["Personnels du collège : réunion", "Réunion du personnel : rappel", "Collège privé : carte scolaire"],
)
def test_a_school_writes_about_its_personnel_to_everybody(subject: str) -> None:
    assert not is_private_message(subject, ())
    assert is_private_message(subject, (PRIVATE,))


def test_no_private_message_is_reached() -> None:
    mailbox = MemoryMailboxes().box("marie@ac-amiens.test")
    seen = mailbox.append("INBOX", letter("Réunion"), (), DAY)
    marked = mailbox.append("INBOX", letter("Bilan de santé"), (PRIVATE,), DAY)
    before = mailbox.append("INBOX", letter("PERSONNEL : santé"), (), DAY)
    appended = mailbox.append("INBOX", SENSITIVE, (), DAY)  # by a program: no delivery script has marked it
    fenced = DelegatedMailbox(mailbox, DelegatedScope())
    [inbox] = [folder for folder in fenced.folders() if folder.use is Use.INBOX]
    assert (inbox.total, inbox.unread) == (2, 2)  # one came before such messages were marked
    pages = [fenced.page("INBOX", 0, 50), fenced.search("INBOX", ("bonjour",), 0, 50)]
    for page in (*pages, fenced.look("INBOX", PLAIN, 0, 50)):
        assert [row.ref for row in page.rows] == [seen]
        assert page.total == 1
    assert {marked, appended}.isdisjoint(fenced.refs("INBOX", PLAIN))
    assert [row.ref for row in fenced.conversation(seen)] == [seen]
    for ref in (marked, before, appended):
        for look in (fenced.open, fenced.raw, fenced.conversation, lambda ref: fenced.part(ref, "1")):
            if look == fenced.conversation and ref == before:
                continue
            with pytest.raises(MessageGone):
                look(ref)
    for ref in (marked, appended):
        with pytest.raises(MessageGone):
            DelegatedMailbox(mailbox, DelegatedScope()).move([ref], "Trash")
