"""Several members at once: checked on the page, added all or none, each with an entry of the journal."""

from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.access.signin.people import account
from tests.answers import as_typed
from tests.schools.sharing.conftest import School, address_of
from tests.schools.sharing.several import agent, members, three

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Academy, Person
from vaguemestre.schools.sharing.models import Member
from vaguemestre.schools.sharing.services import MAX_MEMBERS
from vaguemestre.schools.sharing.values import Right

__all__ = ["three"]
Of = Callable[[Account], Client]
TERMS: dict[str, Any] = {"right": "sort", "ends_on": ""}


def path(school: School) -> str:
    return f"{school.path}membres/plusieurs"


def test_an_address_a_username_and_a_name_are_recognised_and_added_with_one_entry_each(
    school: School, three: list[Account], of: Of
) -> None:
    typed = f"Mme Durand <{address_of(three[0])}>\njpetit; ROUX lea"
    browser = of(school.head)
    shown = browser.post(path(school), TERMS | {"people": typed, "act": "check"}).content.decode()
    assert "3 personnes reconnues" in shown
    assert members(school) == {"pvasseur"}, "checking adds nobody"
    chosen = [address_of(one) for one in three]
    last = date.today() + timedelta(days=40)
    sent = TERMS | {"people": "", "chosen": chosen, "act": "add", "ends_on": f"{last:%d/%m/%Y}"}
    answer = browser.post(path(school), sent)
    assert answer["Location"] == f"{school.path}?fait=membres"
    assert members(school) == {"pvasseur", "mdurand", "jpetit", "lroux"}
    entries = Entry.objects.filter(action="sharing.member-added", by=f"account:{school.head.pk}")
    assert {entry.details["member"] for entry in entries} == {f"account:{one.pk}" for one in three}
    assert {(entry.details["right"], entry.details["until"]) for entry in entries} == {
        ("sort", last.isoformat())
    }


def test_who_is_not_recognised_stays_in_the_field_and_the_others_are_added(
    school: School, three: list[Account], of: Of
) -> None:
    browser, sent = of(school.head), {**TERMS, "people": "inconnu\njpetit", "act": "check"}
    shown = as_typed(browser.post(path(school), sent).content.decode())
    assert ">\ninconnu</textarea>" in shown
    assert "ne désigne aucun agent" in shown
    sent = {**TERMS, "people": "inconnu", "chosen": [address_of(three[1])], "act": "add"}
    shown = as_typed(browser.post(path(school), sent).content.decode())
    assert "1 personne ajoutée" in shown
    assert ">\ninconnu</textarea>" in shown
    assert members(school) == {"pvasseur", "jpetit"}


def test_who_was_typed_after_the_check_is_shown_before_anybody_is_added(
    school: School, three: list[Account], of: Of
) -> None:
    sent = {**TERMS, "people": "lroux", "chosen": [address_of(three[1])], "act": "add"}
    shown = of(school.head).post(path(school), sent).content.decode()
    assert "2 personnes reconnues" in shown
    assert members(school) == {"pvasseur"}


def test_a_member_already_is_said_to_be_one_and_keeps_their_right(
    school: School, three: list[Account], of: Of
) -> None:
    school.share(three[0], Right.READ)
    sent = {**TERMS, "people": "mdurand\nlroux"}
    shown = of(school.head).post(path(school), sent).content.decode()
    assert "Déjà membres" in shown
    assert "1 personne reconnue" in shown
    chosen = [address_of(three[0]), address_of(three[2])]
    of(school.head).post(path(school), {**TERMS, "people": "", "chosen": chosen, "act": "add"})
    assert Member.objects.get(account=three[0]).right == Right.READ
    assert Member.objects.get(account=three[2]).right == Right.SORT


def test_of_namesakes_nobody_is_ticked_for_the_manager(school: School, three: list[Account], of: Of) -> None:
    agent("mdurand2", "Marie", "Durand")
    shown = of(school.head).post(path(school), {**TERMS, "people": "Marie Durand"}).content.decode()
    assert "Plusieurs agents portent le même nom" in shown
    assert "personnes reconnues" not in shown
    assert " checked" not in shown


def test_who_is_unlisted_of_another_academie_or_closed_is_nobody(
    school: School, three: list[Account], of: Of
) -> None:
    other = Academy.objects.create(code="10", name="Académie de Lille", domain="ac-lille.test")
    Person.objects.filter(pk=three[0].person_id).update(unlisted=True)
    Person.objects.filter(pk=three[1].person_id).update(academy=other)
    Account.objects.filter(pk=three[2].pk).update(state="closed")
    typed = "mdurand\njpetit\nlroux\nMarie Durand\nJean Petit\nLéa Roux\n" + address_of(three[2])
    shown = as_typed(of(school.head).post(path(school), {**TERMS, "people": typed}).content.decode())
    assert "Ces 7 lignes ne désignent aucun agent" in shown


@pytest.mark.heavy
def test_more_than_a_mailbox_holds_are_refused_whole(school: School, three: list[Account], of: Of) -> None:
    for number in range(MAX_MEMBERS - 3):
        school.share(account(f"membre{number}"), Right.READ)
    browser, chosen = of(school.head), [address_of(one) for one in three]
    sent = {**TERMS, "people": "", "chosen": chosen, "act": "add"}
    answer = browser.post(path(school), sent)
    assert answer.status_code == 422
    assert "places libres, 2." in as_typed(answer.content.decode())
    assert len(members(school)) == MAX_MEMBERS - 2
    browser.post(path(school), {**sent, "chosen": chosen[:2]})
    assert len(members(school)) == MAX_MEMBERS


def test_the_people_of_an_establishment_served_are_written_into_the_field(
    school: School, three: list[Account], of: Of
) -> None:
    school.share(three[0], Right.READ)
    sent = {**TERMS, "people": "déjà tapé", "act": "place", "place": school.box.structure_id}
    shown = as_typed(of(school.head).post(path(school), sent).content.decode())
    field = unescape(shown).partition("<textarea")[2].partition("</textarea>")[0]
    assert field.partition(">\n")[2].splitlines() == [
        "déjà tapé", f"Jean Petit <{address_of(three[1])}>", f"Léa Roux <{address_of(three[2])}>",
    ]  # fmt: skip
    away = as_typed(of(school.head).post(path(school), {**sent, "place": "999999"}).content.decode())
    assert "Jean Petit" not in away, "an establishment that was not offered"


def test_a_check_of_many_asks_no_more_than_of_few(school: School, three: list[Account], of: Of) -> None:
    usernames = [account(f"agent{number}").username for number in range(30)]
    counts = []
    for typed in (usernames[:2], usernames):
        browser = of(school.head)
        with CaptureQueriesContext(connection) as asked:
            browser.post(path(school), {**TERMS, "people": "\n".join(typed)})
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_only_who_manages_a_mailbox_adds_to_it(school: School, three: list[Account], of: Of) -> None:
    school.share(three[0], Right.SEND)
    assert of(three[0]).get(path(school)).status_code == 422
    assert of(three[1]).get(path(school)).status_code == 404
    assert of(school.head).get(path(school)).status_code == 200
