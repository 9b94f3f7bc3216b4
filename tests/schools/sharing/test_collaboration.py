"""Several people in one mailbox: seen, taken care of, noted, answered once."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult
from tests.access.signin.people import account
from tests.schools.sharing.conftest import School, now

from vaguemestre.access.signin.events import ProgramEntered
from vaguemestre.access.signin.program_throttle import answer
from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.schools.sharing import queries
from vaguemestre.schools.sharing.events import ClientMessageSent, WorkChanged
from vaguemestre.schools.sharing.models import BoxActivity, Note, SentMessage
from vaguemestre.schools.sharing.ports import refresh_pages
from vaguemestre.schools.sharing.rules.collaboration import message_ref
from vaguemestre.schools.sharing.services import announce_client_message
from vaguemestre.schools.sharing.services.client_messages import SubmissionConnection
from vaguemestre.schools.sharing.values import InboxMessage, MessageLocation, MessageRef, Right
from vaguemestre.schools.sharing.views import collaboration

Of = Callable[[Account], Client]
HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
JSON = {"Accept": "application/json"}


@pytest.fixture
def secretary(school: School) -> Account:
    made = account("secretaire", first_name="Sylvie", last_name="Lecointe")
    school.share(made, Right.SEND)
    return made


@pytest.fixture
def letter(mails: MemoryMailboxes) -> dict[str, str]:
    """A parent writes to the school: the fields that name the message to a composer."""
    box = mails.box("ce.0800001a@ac-amiens.test")
    text = (
        b"From: Parent <parent@exemple.fr>\r\nSubject: Cantine\r\nMessage-ID: <1@exemple.fr>\r\n\r\nBonjour"
    )
    ref = box.append("INBOX", text, (), datetime(2026, 11, 24, tzinfo=UTC))
    return {"folder": "INBOX", "uid_validity": str(ref.uid_validity), "uid": str(ref.uid)}


def at(school: School) -> dict[str, str]:
    return {"message_id": "<1@exemple.fr>", "root": "<1@exemple.fr>"}


def begin(browser: Client, school: School, letter: dict[str, str]) -> str:
    told = browser.post(f"{school.path}messagerie/ecrire/", {"mode": "reply", **letter}, headers=JSON).json()
    return str(told["key"])


def send(browser: Client, school: School, key: str, text: str = "<p>Réponse</p>"):
    fields = {"to": "parent@exemple.fr", "subject": "Re: Cantine", "html": text, "attempt": "1", "now": "1"}
    return browser.post(f"{school.path}messagerie/ecrire/{key}/envoyer/", fields, headers=JSON)


def test_each_sees_who_reads_and_who_answers(
    school: School, secretary: Account, letter: dict[str, str], of: Of
) -> None:
    head, other = of(school.head), of(secretary)
    assert "lit ce courriel" not in head.post(f"{school.path}fil/", at(school)).content.decode()
    seen = other.post(f"{school.path}fil/", at(school)).content.decode()
    assert "<b>Philippe Vasseur</b> lit ce courriel" in seen
    begin(head, school, letter)
    assert "<b>Philippe Vasseur</b> répond" in other.post(f"{school.path}fil/", at(school)).content.decode()


def test_the_second_to_answer_is_warned_once_then_may_send(
    school: School, secretary: Account, letter: dict[str, str], of: Of
) -> None:
    head, other = of(school.head), of(secretary)
    mine, hers = begin(head, school, letter), begin(other, school, letter)
    warned = send(other, school, hers)
    assert warned.status_code == 422
    assert "Philippe Vasseur répond en ce moment" in warned.json()["error"]
    assert send(other, school, hers).status_code == 200
    warned = send(head, school, mine)
    assert warned.status_code == 422
    assert "Sylvie Lecointe a déjà répondu" in warned.json()["error"]
    assert OutboxMessage.objects.count() == 1
    assert send(head, school, mine).status_code == 200
    assert OutboxMessage.objects.count() == 2


def test_the_mailbox_writes_and_the_person_is_known_inside_only(
    school: School, secretary: Account, letter: dict[str, str], of: Of
) -> None:
    browser = of(secretary)
    assert send(browser, school, begin(browser, school, letter)).status_code == 200
    row = OutboxMessage.objects.get()
    content = bytes(row.content)
    assert row.sender == "ce.0800001a@ac-amiens.test"
    assert b"From: " in content
    assert b"ce.0800001a@ac-amiens.test" in content
    for word in (b"secretaire", b"Lecointe", b"Sylvie"):
        assert word not in content
    sent = SentMessage.objects.get()
    assert (sent.account_id, sent.in_reply_to) == (secretary.pk, "<1@exemple.fr>")
    assert Entry.objects.filter(action="sharing.answered", by=f"account:{secretary.pk}").exists()
    panel = of(school.head).post(f"{school.path}fil/", at(school)).content.decode()
    assert "Répondu par <b>Sylvie Lecointe</b>" in panel
    assert "Personne ne s’en charge" not in panel
    assert ">Classer</button>" in panel
    settled = of(school.head).post(f"{school.path}fil/classer/", at(school)).content.decode()
    assert "<b>Classé</b>" in settled
    assert ">Rouvrir</button>" in settled


def test_an_answer_taken_back_was_never_sent(
    school: School, secretary: Account, letter: dict[str, str], of: Of
) -> None:
    browser = of(secretary)
    key = begin(browser, school, letter)
    send(browser, school, key)
    browser.post(f"{school.path}messagerie/ecrire/{key}/annuler/", headers=JSON)
    assert SentMessage.objects.count() == 0


def test_who_takes_second_from_a_page_without_the_first_is_told(
    school: School, secretary: Account, of: Of
) -> None:
    head, other, take = of(school.head), of(secretary), f"{school.path}fil/prendre/"
    page = head.post(f"{school.path}fil/", at(school)).content.decode()
    assert '<input type="hidden" name="seen" value="0">' in page
    assert other.post(take, {**at(school), "seen": "0"}).status_code == 200
    refused = head.post(take, {**at(school), "seen": "0"})
    assert refused.status_code == 422
    assert "Sylvie Lecointe vient de s’en charger" in refused.content.decode()
    page = head.post(f"{school.path}fil/", at(school)).content.decode()
    assert "Pris en charge par <b>Sylvie Lecointe</b>" in page
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    assert "par <b>vous</b>" in head.post(take, {**at(school), "seen": seen[1]}).content.decode()


def test_a_message_is_taken_given_and_settled(school: School, secretary: Account, of: Of) -> None:
    head, other = of(school.head), of(secretary)
    assert (
        "Pris en charge par <b>vous</b>"
        in other.post(f"{school.path}fil/prendre/", at(school)).content.decode()
    )
    page = head.post(f"{school.path}fil/", at(school)).content.decode()
    assert "Pris en charge par <b>Sylvie Lecointe</b>" in page
    given = other.post(
        f"{school.path}fil/confier/", {**at(school), "assignee": school.head.pk}
    ).content.decode()
    assert "Pris en charge par <b>Philippe Vasseur</b> (confié par Sylvie Lecointe)" in given
    assert "classé" in head.post(f"{school.path}fil/classer/", at(school)).content.decode()
    assert "Personne ne s’en charge" in head.post(f"{school.path}fil/rendre/", at(school)).content.decode()
    stranger = account("dehors")
    assert (
        other.post(f"{school.path}fil/confier/", {**at(school), "assignee": stranger.pk}).status_code == 422
    )
    assert of(stranger).post(f"{school.path}fil/prendre/", at(school)).status_code == 404
    assert other.get(f"{school.path}fil/prendre/").status_code == 405


@pytest.mark.heavy
def test_a_reader_sees_and_does_nothing(school: School, of: Of) -> None:
    reader = account("lectrice")
    school.share(reader, Right.READ)
    page = of(reader).post(f"{school.path}fil/", at(school)).content.decode()
    assert "Je m’en charge" not in page
    for what in ("prendre", "noter", "classer", "confier", "rendre"):
        assert of(reader).post(f"{school.path}fil/{what}/", {**at(school), "note": "x"}).status_code == 422


def test_a_hostile_note_is_only_text_for_the_others(school: School, secretary: Account, of: Of) -> None:
    of(secretary).post(f"{school.path}fil/noter/", {**at(school), "note": HOSTILE})
    page = (
        of(school.head)
        .post(f"{school.path}fil/", {"message_id": HOSTILE, "root": "<1@exemple.fr>"})
        .content.decode()
    )
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "<img" not in page


def test_a_hostile_draft_is_clean_for_the_member_who_takes_it_up(
    school: School, secretary: Account, letter: dict[str, str], of: Of
) -> None:
    """CVE-2026-48849: what one member keeps is shown to another."""
    browser = of(secretary)
    key = begin(browser, school, letter)
    text = (
        f'<p onclick="alert(1)">Bon</p><script>alert(2)</script><a href="javascript:alert(3)">x</a>{HOSTILE}'
    )
    kept = browser.post(
        f"{school.path}messagerie/ecrire/{key}/brouillon/",
        {"to": HOSTILE, "subject": HOSTILE, "html": text, "revision": "0"},
        headers=JSON,
    )
    assert kept.status_code == 200
    page = of(school.head).get(f"{school.path}messagerie/ecrire/{key}/")
    shown = page.content.decode()
    assert "onclick=" not in shown
    assert "javascript:alert" not in shown
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert "script-src 'self'" in page["Content-Security-Policy"]


def test_what_has_no_answer_is_listed_with_whoever_takes_care(school: School, secretary: Account) -> None:
    one = InboxMessage(
        "<1@x>", "Parent", "Cantine", now() - timedelta(days=3), False, False, MessageLocation("INBOX", 1, 1)
    )
    two = replace(one, message_id="<2@x>", location=MessageLocation("INBOX", 1, 2))
    three = replace(one, message_id="<3@x>", is_answered=True)
    SentMessage.objects.create(
        box=school.box, account=secretary, key="k", message_id="<9@x>", in_reply_to="<2@x>", at=now()
    )
    shown = queries.follow_up_rows(school.box.pk, (one, two, three))
    assert [row.is_waiting for row in shown] == [True, False, False]
    assert shown[1].answered_by == "Sylvie Lecointe"


def test_the_follow_up_shows_both_lists(school: School, letter: dict[str, str], of: Of) -> None:
    browser = of(school.head)
    assert "sans réponse depuis" in browser.get(f"{school.path}suivi/").content.decode()
    assert "Cantine" in browser.get(f"{school.path}suivi/?vue=derniers").content.decode()
    assert of(account("dehors")).get(f"{school.path}suivi/").status_code == 404


def test_a_snoozed_message_still_awaits_an_answer(
    school: School, secretary: Account, letter: dict[str, str], of: Of
) -> None:
    """A member's reminder takes the message out of everybody's inbox: the others read where it is."""
    asked = {"ref": f"INBOX/{letter['uid_validity']}/{letter['uid']}", "when": "lundi"}
    assert of(secretary).post(f"{school.path}messagerie/suivi/reporter/", asked).status_code == 302
    head = of(school.head)
    waiting = head.get(f"{school.path}suivi/").content.decode()
    assert "Cantine" in waiting
    assert "reporté, revient" in waiting
    assert "Reporté pour toute la boîte" in head.post(f"{school.path}fil/", at(school)).content.decode()
    assert "a reporté" in head.get(f"{school.path}actes/").content.decode()


def test_the_follow_up_says_how_far_it_looks(
    school: School, letter: dict[str, str], of: Of, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Parmi les" not in of(school.head).get(f"{school.path}suivi/").content.decode()
    monkeypatch.setattr(collaboration, "_SCANNED_MESSAGES", 1)
    assert "Parmi les 1 courriels" in of(school.head).get(f"{school.path}suivi/").content.decode()


def test_the_owner_sees_who_did_what(
    school: School, secretary: Account, letter: dict[str, str], of: Of
) -> None:
    browser = of(secretary)
    path = f"{school.path}messagerie/INBOX/{letter['uid_validity']}/{letter['uid']}/"
    for _ in range(2):
        assert "box-care" in browser.get(path, headers={"HX-Request": "true"}).content.decode()
    told = of(school.head).get(f"{school.path}actes/").content.decode()
    assert told.count("a ouvert") == 1
    assert browser.get(f"{school.path}actes/").status_code == 422


def test_what_came_to_the_mailbox_is_said_to_have_come_to_it(
    school: School, mails: MemoryMailboxes, of: Of
) -> None:
    text = f"From: p@exemple.fr\r\nTo: {school.box.address}\r\nSubject: Cantine\r\n\r\nBonjour"
    ref = mails.box("ce.0800001a@ac-amiens.test").append("INBOX", text.encode(), (), now())
    path = f"{school.path}messagerie/INBOX/{ref.uid_validity}/{ref.uid}/"
    shown = of(school.head).get(path, headers={"HX-Request": "true"}).content.decode()
    assert f"à {school.box.title}" in shown
    assert "à moi" not in shown


def test_a_conversation_is_known_by_where_it_began() -> None:
    assert message_ref(1, "<b@x>", ("<a@x>", "<z@x>")) == MessageRef(1, "<b@x>", "<a@x>")
    assert message_ref(1, "<b@x>", (), "<a@x>") == MessageRef(1, "<b@x>", "<a@x>")
    assert message_ref(1, " ", ()) is None


def told(school: School) -> int:
    """How many times pages of the mailbox are to be told, since the last question."""
    jobs = DBTaskResult.objects.filter(args_kwargs__args__1__endswith=":WorkChanged")
    number = jobs.count()
    jobs.delete()
    return number


@pytest.mark.heavy
def test_pages_are_told_when_somebody_comes_and_goes_and_not_while_they_stay(
    school: School, secretary: Account, letter: dict[str, str], of: Of
) -> None:
    head, other = of(school.head), of(secretary)
    told(school)
    head.post(f"{school.path}fil/", at(school))
    assert told(school) == 1
    head.post(f"{school.path}fil/", at(school))
    assert told(school) == 0
    begin(head, school, letter)
    assert told(school) == 1
    assert "lit ce courriel" not in other.post(f"{school.path}fil/", at(school)).content.decode()
    assert head.post(f"{school.path}fil/", {**at(school), "leaving": "1"}).status_code == 204
    assert told(school) == 2  # the other came, the head went
    for act in ("prendre", "noter", "classer", "rouvrir", "rendre"):
        other.post(f"{school.path}fil/{act}/", {**at(school), "note": "Une note"})
        assert told(school) == 1, act


def test_a_reader_who_left_is_not_seen(school: School, secretary: Account, of: Of) -> None:
    head, other = of(school.head), of(secretary)
    head.post(f"{school.path}fil/", at(school))
    assert "lit ce courriel" in other.post(f"{school.path}fil/", at(school)).content.decode()
    head.post(f"{school.path}fil/", {**at(school), "leaving": "1"})
    assert "lit ce courriel" not in other.post(f"{school.path}fil/", at(school)).content.decode()


def test_pages_open_on_the_mailbox_are_told(school: School) -> None:
    heard: list[str] = []
    before = refresh_pages.get()
    refresh_pages.replace(lambda mailbox: heard.append(mailbox))
    try:
        assert run_now(WorkChanged(school.box.pk))
    finally:
        refresh_pages.replace(before)
    assert heard == [school.box.account.mailbox]


def programs(school: School, *entered: tuple[Account, str, int]) -> str:
    """Whose a letter is found to be, taken on a connection of 192.0.2.7 opened at noon."""
    noon = now().replace(hour=12, minute=0, second=0, microsecond=0)
    for who, network, seconds in entered:
        moment = noon + timedelta(seconds=seconds)
        run_now(ProgramEntered(school.box.account_id, who.pk, network, "smtp", moment.isoformat()))
    connection = SubmissionConnection("192.0.2.7", noon, noon + timedelta(seconds=1))
    announce_client_message(school.box.account.mailbox, "<p@x>", "<1@exemple.fr>", connection, now=noon)
    row = DBTaskResult.objects.get(args_kwargs__args__1__endswith=":ClientMessageSent")
    left = ClientMessageSent(**row.args_kwargs["args"][2])
    for _ in range(2):
        run_now(left)
    sent = SentMessage.objects.filter(box=school.box)
    assert sent.count() < 2
    return "".join(one.account.username for one in sent)


def test_a_letter_of_a_program_is_of_whoever_signed_in_on_that_connection(
    school: School, secretary: Account, of: Of
) -> None:
    others = ((school.head, "192.0.2.7", -30), (school.head, "192.0.2.8", 1), (school.head, "192.0.2.7", 30))
    assert programs(school, (secretary, "192.0.2.7", 0), *others) == secretary.username
    page = of(school.head).post(f"{school.path}fil/", at(school)).content.decode()
    assert "Répondu par <b>Sylvie Lecointe</b>" in page
    deeds = of(school.head).get(f"{school.path}actes/").content.decode()
    assert "a ouvert la boîte dans un logiciel de messagerie" in deeds


def test_between_two_who_may_have_sent_it_nobody_is_named(school: School, secretary: Account) -> None:
    assert programs(school, (secretary, "192.0.2.7", 0), (school.head, "192.0.2.7", 1)) == ""


def test_the_password_of_a_program_says_whose_it_is(school: School, secretary: Account, of: Of) -> None:
    page = of(secretary).post(f"{school.path}programmes/", {"name": "Téléphone"}, follow=True).text
    key = re.search(r'<code class="secret[^>]*>([^<]+)</code>', page)
    assert key
    question = {
        "stage": "entered",
        "user": school.box.account.mailbox,
        "network": "192.0.2.7",
        "protocol": "imap",
        "secret": hashlib.sha256(key[1].replace(" ", "").encode()).hexdigest(),
    }
    answer(json.dumps(question).encode(), secret_keys.get(), now())
    row = DBTaskResult.objects.get(args_kwargs__args__1__endswith=":ProgramEntered")
    run_now(ProgramEntered(**row.args_kwargs["args"][2]))
    assert BoxActivity.objects.get(action="program").account_id == secretary.pk


def test_what_is_scheduled_is_not_said_to_be_sent(
    school: School, secretary: Account, letter: dict[str, str], of: Of
) -> None:
    browser = of(secretary)
    key = begin(browser, school, letter)
    fields = {"to": "parent@exemple.fr", "subject": "Re: Cantine", "html": "<p>Oui</p>", "attempt": "1"}
    later = f"{(now() + timedelta(days=2)):%d/%m/%Y} 8 h"
    answer = browser.post(
        f"{school.path}messagerie/ecrire/{key}/envoyer/", {**fields, "later": later}, headers=JSON
    )
    assert answer.status_code == 200
    (line,) = BoxActivity.objects.filter(account=secretary, action__in=("send", "answer", "schedule"))
    assert line.action == "schedule"
    assert "a programmé un envoi" in of(school.head).get(f"{school.path}actes/").content.decode()
    assert Entry.objects.filter(action="sharing.scheduled", by=f"account:{secretary.pk}").exists()


def test_a_note_is_kept_without_nul(school: School, secretary: Account, of: Of) -> None:
    """PostgreSQL refuses one in a text: the page broke there, and SQLite kept it."""
    of(secretary).post(f"{school.path}fil/noter/", {**at(school), "note": "Vu\0 hier"})
    assert list(Note.objects.values_list("text", flat=True)) == ["Vu hier"]
