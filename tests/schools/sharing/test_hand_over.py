"""« De » takes a message begun in one's own mailbox to a shared one, and back, for whoever may send there."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from tests.access.signin.people import account
from tests.schools.sharing.conftest import School

from vaguemestre.engines.imap.adapters.sent_copy import SentCopies
from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.mailbox.compose.models import Composition
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.filelinks.models import SharedFile
from vaguemestre.post.mailstore.values import Flag
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.schools.sharing.values import Right

Of = Callable[[Account], Client]
HOME = "/messagerie/ecrire/"
JSON = {"Accept": "application/json"}
OWN = b"From: Parent <parent@exemple.fr>\r\nSubject: Cantine\r\nMessage-ID: <1@exemple.fr>\r\n\r\nBonjour"


@pytest.fixture
def secretary(school: School, mails: MemoryMailboxes) -> Account:
    made = account("secretaire", first_name="Sylvie", last_name="Lecointe")
    school.share(made, Right.SEND)
    return made


@pytest.fixture
def answer(secretary: Account, mails: MemoryMailboxes, of: Of) -> str:
    """The key of an answer to a parent who wrote to her own address."""
    ref = mails.box(secretary.mailbox).append("INBOX", OWN, (), datetime(2026, 11, 24, tzinfo=UTC))
    place = {"folder": "INBOX", "uid_validity": ref.uid_validity, "uid": ref.uid}
    browser = of(secretary)
    key = str(browser.post(HOME, {"mode": "reply", **place}, headers=JSON).json()["key"])
    typed = {"to": "parent@exemple.fr", "subject": "Re: Cantine", "html": "<p>Oui</p>", "revision": "0"}
    assert browser.post(f"{HOME}{key}/brouillon/", typed, headers=JSON).status_code == 200
    return key


def hand(browser: Client, key: str, box: object, home: str = HOME):
    return browser.post(f"{home}{key}/de/", {"box": str(box)}, headers=JSON)


def test_it_leaves_from_the_box_and_what_it_answers_is_marked_in_ones_own(
    school: School, secretary: Account, answer: str, mails: MemoryMailboxes, of: Of
) -> None:
    browser = of(secretary)
    assert f"[{school.box.pk}, " in browser.get(f"{HOME}{answer}/").content.decode()
    there = f"{school.path}messagerie/ecrire/{answer}/"
    assert hand(browser, answer, school.box.pk).json() == {"url": there}
    assert mails.box(secretary.mailbox).page("Drafts", 0, 9).rows == ()
    page = browser.get(there).content.decode()
    assert "&lt;p&gt;Oui&lt;/p&gt;" in page
    assert "[0, " in page  # the way back
    fields = {"to": "parent@exemple.fr", "subject": "Re: Cantine", "html": "<p>Oui</p>", "attempt": "1"}
    assert browser.post(f"{there}envoyer/", {**fields, "now": "1"}, headers=JSON).status_code == 200
    row = OutboxMessage.objects.get()
    assert (row.sender, row.account_id) == ("ce.0800001a@ac-amiens.test", school.box.account_id)
    box = school.box.account.mailbox
    SentCopies(mails)(box, bytes(row.content), row.message_id, row.in_reply_to, row.draft, row.created_at)
    assert len(mails.box(box).page("Sent", 0, 9).rows) == 1
    assert mails.box(secretary.mailbox).page("Sent", 0, 9).rows == ()
    (original,) = mails.box(secretary.mailbox).page("INBOX", 0, 9).rows
    assert Flag.ANSWERED in original.flags


def test_it_comes_back_to_ones_own(school: School, secretary: Account, answer: str, of: Of) -> None:
    browser = of(secretary)
    hand(browser, answer, school.box.pk)
    back = hand(browser, answer, 0, f"{school.path}messagerie/ecrire/")
    assert back.json() == {"url": f"{HOME}{answer}/"}
    assert Composition.objects.get().account_id == secretary.pk


def test_whoever_may_not_send_there_stays_where_they_are(
    school: School, secretary: Account, answer: str, of: Of
) -> None:
    reader = account("lecteur", first_name="Luc", last_name="Petit")
    school.share(reader, Right.SORT)
    browser = of(reader)
    assert "[]" in browser.get(HOME).content.decode()
    key = secrets.token_hex(16)
    browser.post(f"{HOME}{key}/brouillon/", {"subject": "x", "revision": "0"}, headers=JSON)
    for box in (school.box.pk, 999_999):
        assert hand(browser, key, box).json()["code"] == "compose.not-your-address"
    assert hand(browser, answer, 0).json()["code"] == "compose.gone"  # somebody else's
    assert hand(browser, key, "x").status_code == 400
    assert browser.get(f"{HOME}{key}/de/").status_code == 405
    assert {row.account_id for row in Composition.objects.all()} == {reader.pk, secretary.pk}


def test_what_left_and_what_lends_a_file_stay(
    school: School, secretary: Account, answer: str, of: Of
) -> None:
    browser, row = of(secretary), Composition.objects.get()
    day = datetime(2026, 11, 24, tzinfo=UTC)
    lent = SharedFile.objects.create(
        account=secretary,
        token_sha256="d" * 64,
        sealed_token=b"",
        name="a",
        size=1,
        expires_on=day,
        created_at=day,
    )
    row.shared_files.add(lent)
    assert hand(browser, answer, school.box.pk).json()["code"] == "compose.links-stay"
    row.shared_files.clear()
    Composition.objects.update(is_sending=True)
    assert hand(browser, answer, school.box.pk).json()["code"] == "compose.already-sent"
