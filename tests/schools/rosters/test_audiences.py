"""Role × object: teachers, head, office, other schools, on classes; copies that show nobody's address."""

import email
import email.policy
import json
import logging
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult
from tests.schools.rosters.schools import ENT, NOW, OTHER, TODAY, UAI, address_of, browser_of

from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.events import MailingDue
from vaguemestre.mailbox.compose.handlers import run_mailing
from vaguemestre.mailbox.compose.models import Composition, Mailing, MailingCopy
from vaguemestre.mailbox.compose.queries import proof_of
from vaguemestre.mailbox.compose.services import delete_old_mailings
from vaguemestre.mailbox.contacts.models import Contact
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Assignment, MailAddress
from vaguemestre.people.directory.rules.names import is_gateway
from vaguemestre.people.lifecycle.services import declare_event, end_event
from vaguemestre.people.lifecycle.values import EventKind, LifecycleDelays
from vaguemestre.post.outbox.events import MessageFiled
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.schools.rosters import queries
from vaguemestre.schools.rosters.models import GatewayRow, GroupRow, PupilRow
from vaguemestre.schools.rosters.rules.addresses import audience_address
from vaguemestre.schools.rosters.services import allow_person, decide_rights, forbid_person, purge_rosters
from vaguemestre.schools.rosters.values import Audience, ClassWriter, Reach, Right, Role, Side

pytestmark = pytest.mark.django_db(transaction=True)
HOME = "/messagerie/ecrire/"
KEY = "0123456789abcdef0123456789abcdef"


def asker(one: Account, *, managed: frozenset[str] = frozenset()) -> ClassWriter:
    return ClassWriter(one.pk, TODAY, managed)


def group(name: str = "4B", uai: str = UAI) -> int:
    return int(GroupRow.objects.get(name=name, roster__structure__uai=uai).pk)


def names(one: ClassWriter) -> set[str]:
    return {shown.name for shown in queries.audiences_of(one)}


def everything() -> set[str]:
    return {
        f"{year} — {side}"
        for year in ("6e A", "5e A", "4e A", "4e B", "3e A")
        for side in ("élèves", "familles")
    }


def test_each_sees_whom_they_may_write_to(people: dict[str, Account]) -> None:
    assert names(asker(people["teacher"])) == {"4e B — élèves", "4e B — familles"}
    assert names(asker(people["colleague"])) == {"6e A — élèves", "6e A — familles"}
    assert names(asker(people["head"])) == names(asker(people["life"])) == everything()
    assert names(asker(people["office"])) == names(asker(people["elsewhere"])) == set()
    assert (
        names(asker(people["office"], managed=frozenset({UAI}))) == everything()
    )  # manages the school's box
    assert {one.uai for one in queries.audiences_of(asker(people["other head"]))} == {OTHER}


@pytest.mark.parametrize("who", ["colleague", "office", "elsewhere", "other head"])
@pytest.mark.parametrize("side", Side)
def test_what_is_not_theirs_is_refused_and_told_nothing_of(
    people: dict[str, Account], who: str, side: Side
) -> None:
    for audience in (Audience(side, group()), Audience(side, 999_999)):
        with pytest.raises(Refusal) as refused:
            queries.addressees_of(asker(people[who]), audience)
        assert refused.value.code == "rosters.not-yours"
        assert refused.value.facts == {}


def test_a_teacher_who_left_the_school_writes_to_it_no_more(people: dict[str, Account]) -> None:
    Assignment.objects.filter(person_id=people["teacher"].person_id).update(ends_on=date(2026, 11, 24))
    assert names(asker(people["teacher"])) == set()


@pytest.mark.parametrize("who", ["teacher", "head"])
def test_whoever_is_away_for_long_writes_to_no_class(people: dict[str, Account], who: str) -> None:
    def declare(kind: EventKind) -> None:
        declare_event(people[who].pk, kind, TODAY, LifecycleDelays(), by="x", now=NOW, today=TODAY)

    allow_person(asker(people["head"]), UAI, address_of(people["teacher"]), now=NOW)
    declare(EventKind.LONG_LEAVE)
    assert names(asker(people[who], managed=frozenset({UAI}))) == set()
    with pytest.raises(Refusal, match="not-the-owner"):
        decide_rights(asker(people[who]), UAI, [], now=NOW)
    end_event(people[who].pk, by="x", now=NOW)
    assert names(asker(people[who])) == everything()


def test_the_owner_decides_and_nobody_else(people: dict[str, Account]) -> None:
    closed = [Right(Role.TEACHER, Side.FAMILIES, Reach.NONE)]
    for who in ("teacher", "office", "other head"):
        with pytest.raises(Refusal, match="not-the-owner"):
            decide_rights(asker(people[who]), UAI, closed, now=NOW)
        with pytest.raises(Refusal, match="not-the-owner"):
            allow_person(asker(people[who]), UAI, address_of(people["office"]), now=NOW)
    decide_rights(asker(people["head"]), UAI, closed, now=NOW)
    assert names(asker(people["teacher"])) == {"4e B — élèves"}
    allow_person(asker(people["head"]), UAI, address_of(people["office"]), now=NOW)
    assert names(asker(people["office"])) == everything()
    forbid_person(asker(people["head"]), UAI, people["office"].person_id or 0, now=NOW)
    assert names(asker(people["office"])) == set()
    with pytest.raises(Refusal, match="not-of-the-school"):
        allow_person(asker(people["head"]), UAI, address_of(people["elsewhere"]), now=NOW)
    acts = set(Entry.objects.values_list("action", flat=True))
    assert {"rosters.right-decided", "rosters.person-allowed", "rosters.person-forbidden"} <= acts


def test_a_family_gets_one_copy_each_and_says_for_which_child(people: dict[str, Account]) -> None:
    found = queries.addressees_of(asker(people["teacher"]), Audience(Side.FAMILIES, group()))
    assert len({one.address for one in found}) == len(found) > 6
    children = {f"{one.first_name} {one.last_name}" for one in PupilRow.objects.filter(groups=group())}
    assert {one.pupils for one in found} == children
    assert {one.group for one in found} == {"4e B"}


def begin(
    browser: Client, *, to: str, html: str = "<p>Sortie de {eleve}</p>", subject: str = "Sortie"
) -> str:
    """As the composer does it: the text kept, then sent; where its copies are."""
    text = {"to": to, "subject": "Sortie", "html": html}
    json_: dict[str, Any] = {"HTTP_ACCEPT": "application/json"}
    browser.post(f"{HOME}{KEY}/brouillon/", {**text, "revision": 0}, **json_)
    answer = browser.post(f"{HOME}{KEY}/envoyer/", {**text, "attempt": 1}, **json_)
    assert answer.status_code == 200, answer.content.decode()
    return str(answer.json()["copies"])


def carried() -> list[OutboxMessage]:
    for _ in range(3):
        run_mailing(MailingDue(Mailing.objects.get().pk))
        OutboxMessage.objects.update(state="filed")
    return list(OutboxMessage.objects.all())


def test_a_class_is_proposed_by_its_name_to_whom_may_write_to_it(
    client: Client, people: dict[str, Account]
) -> None:
    browser = browser_of(client, people["teacher"])
    told = browser.get(f"{HOME}destinataires/?q=4b").json()["suggestions"]
    assert [one["name"] for one in told] == ["4e B — élèves", "4e B — familles"]
    assert told[0]["detail"] == "6 exemplaires, Collège Jean-Macé"
    assert told[0]["address"].endswith("@rosters.invalid")
    assert browser.get(f"{HOME}destinataires/?q=6a").json()["suggestions"] == []
    met = browser.post(f"{HOME}destinataires/qui/", {"addresses": told[1]["address"]}).json()["people"]
    assert met[0]["kind"] == "class"
    foreign = audience_address(Audience(Side.PUPILS, group("6A")))
    met = browser.post(f"{HOME}destinataires/qui/", {"addresses": foreign}).json()["people"]
    assert met[0]["detail"] == "vous ne pouvez pas lui écrire"


@pytest.mark.heavy
def test_families_get_a_copy_each_that_shows_no_address_of_anybody(
    client: Client, people: dict[str, Account], caplog: pytest.LogCaptureFixture
) -> None:
    browser, teacher = browser_of(client, people["teacher"]), people["teacher"]
    with caplog.at_level(logging.DEBUG):
        place = begin(browser, to=f"4e B <{audience_address(Audience(Side.FAMILIES, group()))}>")
        page = browser.get(place).content.decode()
        assert "De mon adresse pour l’ENT" in page
        assert "4e B — familles" in page
        assert page.count("exemplaires depuis mon adresse pour l’ENT") == 2, "on the button, and said again"
        browser.post(f"{place}partir/", proofread())
        sent = carried()
    families = queries.addressees_of(asker(teacher), Audience(Side.FAMILIES, group()))
    assert sorted(row.recipients[0] for row in sent) == sorted(one.address for one in families)
    addresses = {one.address for one in families}
    for row in sent:
        content = bytes(row.content)
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert len(row.recipients) == 1
        assert [one.addr_spec for one in message["To"].addresses] == row.recipients
        whole = content.decode()
        assert not {one for one in addresses - set(row.recipients) if one in whole}
        assert address_of(teacher) not in whole
        assert is_gateway(row.sender)
        assert message["From"].addresses[0].addr_spec == row.sender
        assert message["Reply-To"] is None
        child = next(one.pupils for one in families if one.address == row.recipients[0])
        assert child in message.get_body(("plain",)).get_content()
    told = caplog.text + json.dumps(list(Entry.objects.values()), default=str)
    for one in families:
        assert one.address not in told
        assert one.pupils not in told
    # What followed the sending: no address book, and no name is kept once all have left.
    for row in sent:
        run_now(MessageFiled(teacher.pk, row.key))
    assert not Contact.objects.filter(address__endswith=ENT).exists()
    assert Mailing.objects.get().state == "done"
    assert set(MailingCopy.objects.values_list("name", flat=True)) == {""}
    delete_old_mailings(180, now=NOW.replace(year=2028))
    assert not MailingCopy.objects.exists()
    purge_rosters(now=NOW.replace(year=2027, month=9, day=1), ent_domain=ENT)
    assert not OutboxMessage.objects.exists()


@pytest.mark.heavy
def test_answers_come_to_the_same_mailbox_by_an_address_kept_from_year_to_year(
    client: Client, people: dict[str, Account]
) -> None:
    browser = browser_of(client, people["teacher"])
    to = audience_address(Audience(Side.PUPILS, group()))
    begin(browser, to=to)
    first = GatewayRow.objects.get().address
    begin(browser, to=to)
    assert GatewayRow.objects.get().address == first
    row = MailAddress.objects.get(address=first)
    assert row.person_id == people["teacher"].person_id
    assert row.may_send
    assert not row.is_primary
    assert Mailing.objects.get().sender == first


@pytest.mark.heavy
def test_ones_own_address_is_given_when_one_chooses_it(client: Client, people: dict[str, Account]) -> None:
    browser = browser_of(client, people["teacher"])
    place = begin(browser, to=audience_address(Audience(Side.PUPILS, group())))
    browser.post(place, {"source": "recipients", "sender": "own"})
    browser.post(f"{place}partir/", proofread())
    assert {row.sender for row in carried()} == {address_of(people["teacher"])}


def test_a_class_that_is_not_yours_is_refused_at_every_door(
    client: Client, people: dict[str, Account]
) -> None:
    browser = browser_of(client, people["teacher"])
    foreign = audience_address(Audience(Side.PUPILS, group("6A")))
    text = {"to": foreign, "subject": "x", "html": "x"}
    json_: dict[str, Any] = {"HTTP_ACCEPT": "application/json"}
    browser.post(f"{HOME}{KEY}/brouillon/", {**text, "revision": 0}, **json_)
    answer = browser.post(f"{HOME}{KEY}/envoyer/", {**text, "attempt": 1}, **json_)
    assert answer.status_code == 422
    assert "pas de celles" in answer.json()["error"]
    page = browser.post(f"{HOME}{KEY}/exemplaires/", {"source": "recipients"})
    assert page.status_code == 422
    assert not MailingCopy.objects.exists()
    assert not OutboxMessage.objects.exists()


@pytest.mark.heavy
def test_a_national_number_is_asked_about_before_it_leaves(
    client: Client, people: dict[str, Account]
) -> None:
    browser = browser_of(client, people["teacher"])
    to = audience_address(Audience(Side.FAMILIES, group()))
    place = begin(browser, to=to, html="<p>INE 1234567890A, dossier MDPH</p>")
    page = browser.get(place).content.decode()
    assert "numéro national d’élève" in page
    assert "12•••••••0A" in page
    refused = browser.post(f"{place}partir/", proofread())
    assert refused.status_code == 422
    assert Mailing.objects.get().state == "ready"
    browser.post(f"{place}partir/", {"sure": "1", **proofread()})
    assert Mailing.objects.get().state == "running"


def proofread() -> dict[str, str]:
    """What the page of the one mailing says of it as it is now."""
    return {"proof": proof_of(Mailing.objects.get())}


def forbid_teachers(head: Account) -> None:
    closed = [Right(Role.TEACHER, side, Reach.NONE) for side in Side]
    decide_rights(asker(head), UAI, closed, now=NOW)


def test_copies_prepared_leave_no_more_once_their_writer_is_forbidden(
    client: Client, people: dict[str, Account]
) -> None:
    browser = browser_of(client, people["teacher"])
    place = begin(browser, to=audience_address(Audience(Side.PUPILS, group())))
    forbid_teachers(people["head"])
    refused = browser.post(f"{place}partir/", proofread())
    assert refused.status_code == 422
    assert "pas de celles" in refused.content.decode()
    assert Mailing.objects.get().state == "ready"
    assert not OutboxMessage.objects.exists()


def test_copies_prepared_for_a_class_leave_no_more_once_it_is_out_of_the_message(
    client: Client, people: dict[str, Account]
) -> None:
    browser = browser_of(client, people["teacher"])
    place = begin(browser, to=audience_address(Audience(Side.PUPILS, group())))
    Composition.objects.update(to="parent@dehors.example")
    forbid_teachers(people["head"])
    refused = browser.post(f"{place}partir/", proofread())
    assert refused.status_code == 422
    assert Mailing.objects.get().state == "ready"


@pytest.mark.parametrize("why", ["forbidden", "left"])
def test_copies_due_later_stop_when_their_writer_may_no_more_and_they_are_told(
    client: Client, people: dict[str, Account], why: str
) -> None:
    browser, teacher = browser_of(client, people["teacher"]), people["teacher"]
    place = begin(browser, to=audience_address(Audience(Side.PUPILS, group())))
    browser.post(f"{place}partir/", proofread())
    if why == "forbidden":
        forbid_teachers(people["head"])
    else:
        Assignment.objects.filter(person_id=teacher.person_id).update(ends_on=date(2026, 11, 24))
    run_mailing(MailingDue(Mailing.objects.get().pk))
    run_mailing(MailingDue(Mailing.objects.get().pk))
    assert not OutboxMessage.objects.exists()
    assert Mailing.objects.get().state == "stopped"
    letters = DBTaskResult.objects.filter(args_kwargs__icontains="mailing-stopped")
    [told] = letters.filter(args_kwargs__icontains="notify_owner")
    assert str(teacher.pk) in str(told.args_kwargs)
    assert browser.post(f"{place}partir/", proofread()).status_code == 422
    assert Mailing.objects.get().state == "stopped"


def test_a_class_written_to_later_is_looked_at_first_and_never_in_one_message(
    client: Client, people: dict[str, Account]
) -> None:
    browser = browser_of(client, people["teacher"])
    to = audience_address(Audience(Side.PUPILS, group()))
    text = {"to": to, "subject": "x", "html": "x", "attempt": 1, "later": "tomorrow"}
    place = browser.post(f"{HOME}{KEY}/envoyer/", text).headers["Location"]
    assert "hour=8%C2%A0h" in place
    page = browser.get(place).content.decode()
    assert '<details class="later" open>' in page
    assert 'value="8\N{NO-BREAK SPACE}h"' in page
    assert not OutboxMessage.objects.exists()
