"""Decisions kept and carried out: absences, the desk’s, forwards, unwanted mail, the hand-written part."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.access.signin.people import account
from tests.mailbox.sorting.samples import NOW, WINTER, nobody

from vaguemestre.engines.memory.scripts import MemorySieve
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.sorting import handlers, queries
from vaguemestre.mailbox.sorting.ports import contact_addresses_of, open_scripts, put_house_script
from vaguemestre.mailbox.sorting.services import (
    end_absence,
    rewrite_script,
    save_absence,
    save_expert,
    save_filter,
    save_spam,
    set_neutral_absence,
)
from vaguemestre.mailbox.sorting.services.expert import ExpertRefused
from vaguemestre.mailbox.sorting.values import (
    EXPERT_SCRIPT,
    SCRIPT_NAME,
    SPAM_SCRIPT,
    Aspect,
    Condition,
    Filter,
    Outcome,
    Place,
    SpamSettings,
)
from vaguemestre.people.credentials.models import Account

pytestmark = pytest.mark.django_db

ALL = Filter("Tout", (Condition(Aspect.OUTSIDE),), Outcome(is_flagged=True))


@pytest.fixture
def nicolas() -> Account:
    return account()


@pytest.fixture
def sieve() -> MemorySieve:
    return MemorySieve()


def test_two_absences_and_the_days_off_are_kept_apart(nicolas: Account) -> None:
    spring = replace(
        WINTER, place=Place.SECOND, starts_on=date(2027, 4, 17), ends_on=date(2027, 5, 2), is_rich=True,
        internal_text="<p>Vacances</p>", only_known=True,
    )  # fmt: skip
    weekly = replace(WINTER, place=Place.WEEKLY, weekdays=(3, 5), ends_on=date(2027, 7, 2))
    for absence in (WINTER, spring, weekly):
        save_absence(nicolas.pk, absence, by="test", now=NOW)
    assert queries.absences_of(nicolas.pk) == (WINTER, spring, weekly)
    end_absence(nicolas.pk, by="test", now=NOW, place=Place.SECOND)
    assert [one.is_on for one in queries.absences_of(nicolas.pk)] == [True, False, True]


def test_a_weekly_absence_without_a_day_is_refused(nicolas: Account) -> None:
    with pytest.raises(Refusal, match="absence-weekdays"):
        save_absence(nicolas.pk, replace(WINTER, place=Place.WEEKLY), by="test", now=NOW)


def test_ending_now_leaves_what_is_to_come(nicolas: Account) -> None:
    current = replace(WINTER, starts_on=NOW.date(), ends_on=NOW.date() + timedelta(days=1))
    save_absence(nicolas.pk, current, by="test", now=NOW)
    save_absence(nicolas.pk, replace(WINTER, place=Place.SECOND), by="test", now=NOW)
    end_absence(nicolas.pk, by="test", now=NOW)
    assert [one.is_on for one in queries.absences_of(nicolas.pk)] == [False, True]


def test_the_desk_sets_a_neutral_text_that_is_journaled_and_told(
    nicolas: Account, sieve: MemorySieve
) -> None:
    save_absence(nicolas.pk, replace(WINTER, is_on=False), by="test", now=NOW)
    days = NOW.date(), NOW.date() + timedelta(days=30)
    set_neutral_absence(nicolas.pk, *days, asked_by="Mme Vasseur, principale", by="account:9", now=NOW)
    assert queries.absence_of(nicolas.pk) == replace(WINTER, is_on=False)  # their own texts are theirs
    set_by_desk = queries.current_absence(nicolas.pk, NOW)
    assert set_by_desk is not None
    assert (set_by_desk.place, set_by_desk.external_text) == (Place.DESK, "")
    entry = Entry.objects.get(action="sorting.absence-set-by-desk")
    assert (entry.to, entry.by) == (f"account:{nicolas.pk}", "account:9")
    assert "Mme Vasseur" in str(entry.details)
    assert "desk-absence" in [one["act"] for one in announced("AccountTouched")]
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert "ne peut vous répondre jusqu’au" in sieve.boxes[nicolas.mailbox].house


def announced(kind: str, to: str = "") -> list[dict[str, object]]:
    """The fields of each event of that name that waits for the worker; `to`: for that handler alone."""
    waiting = [row.args_kwargs["args"] for row in DBTaskResult.objects.order_by("enqueued_at")]
    return [fields for handler, name, fields, _ in waiting if name.endswith(kind) and handler.endswith(to)]


def test_mail_that_goes_on_is_told_to_its_owner_once(nicolas: Account) -> None:
    forward = replace(ALL, outcome=Outcome(forward_to="collegue@ac-amiens.test"))
    save_filter(nicolas.pk, forward, (), by="test", now=NOW)
    known = queries.filters_of(nicolas.pk)[0]
    save_filter(nicolas.pk, replace(known, name="Autre nom"), (), by="test", now=NOW)
    told = [one for one in announced("AccountTouched", to=":notify_owner") if one["act"] == "forward-set"]
    assert len(told) == 1
    assert told[0]["detail"] == "Filtre « Tout », vers collegue@ac-amiens.test"
    assert queries.redirects_of(nicolas.pk) == [("Autre nom", "collegue@ac-amiens.test")]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("x@dehors.example", "filter-forward-outside"),
        ("x@ac-amiens.test.dehors.example", "filter-forward-outside"),
        ("pas une adresse", "address-malformed"),
        ("liste.0800001A.profs@ac-amiens.test", "filter-forward-list"),
        ("Liste.profs+detail@AC-amiens.test", "filter-forward-list"),
    ],
)
def test_mail_goes_out_of_the_academie_only_where_it_lets_it(
    nicolas: Account, address: str, code: str
) -> None:
    with pytest.raises(Refusal, match=code):
        save_filter(nicolas.pk, replace(ALL, outcome=Outcome(forward_to=address)), (), by="t", now=NOW)
    assert queries.filters_of(nicolas.pk) == ()
    if code == "filter-forward-outside":
        let_out = replace(ALL, outcome=Outcome(forward_to=address))
        save_filter(nicolas.pk, let_out, (), by="t", now=NOW, forwards_outside=True)
        assert len(queries.filters_of(nicolas.pk)) == 1


def test_mail_does_not_go_on_to_oneself(nicolas: Account) -> None:
    owner = queries.owner_of(nicolas.pk, NOW)
    assert owner is not None
    for address in (*owner.addresses, owner.address.upper(), owner.address.replace("@", "+INBOX@")):
        with pytest.raises(Refusal, match="filter-forward-self"):
            save_filter(nicolas.pk, replace(ALL, outcome=Outcome(forward_to=address)), (), by="t", now=NOW)


def test_what_is_wanted_of_spam_stands_beside_the_script_and_goes_with_it(
    nicolas: Account, sieve: MemorySieve
) -> None:
    save_spam(nicolas.pk, SpamSettings(allowed=("a@b.fr",), denied=("@c.fr",)), by="test", now=NOW)
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    held = sieve.boxes[nicolas.mailbox]
    assert '"a@b.fr"' in held.held[SPAM_SCRIPT]
    assert '"c.fr"' in held.held[SCRIPT_NAME]
    save_spam(nicolas.pk, SpamSettings(), by="test", now=NOW)
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert held.held == {}


def test_the_hand_written_part_is_included_and_goes_when_emptied(
    nicolas: Account, sieve: MemorySieve
) -> None:
    save_expert(nicolas.pk, "keep;\n", sieve, by="test", now=NOW)
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    held = sieve.boxes[nicolas.mailbox]
    assert held.held[EXPERT_SCRIPT] == "keep;\r\n"
    assert f'"{EXPERT_SCRIPT}"' in held.held[SCRIPT_NAME]
    save_expert(nicolas.pk, " \n", sieve, by="test", now=NOW)
    rewrite_script(nicolas.pk, sieve, sieve.put_house_script, nobody, now=NOW)
    assert held.held == {}


def test_a_hand_written_part_with_a_fault_changes_nothing(nicolas: Account, sieve: MemorySieve) -> None:
    with pytest.raises(ExpertRefused) as refused:
        save_expert(nicolas.pk, "keep;\nerreur;\n", sieve, by="test", now=NOW)
    assert [one.line for one in refused.value.errors] == [2]
    assert queries.expert_script_of(nicolas.pk) == ""


@pytest.fixture
def plugged(sieve: MemorySieve) -> Iterator[list[str]]:
    book: list[str] = []
    held = open_scripts.get(), contact_addresses_of.get(), put_house_script.get()
    open_scripts.replace(sieve)
    put_house_script.replace(sieve.put_house_script)
    contact_addresses_of.replace(lambda account_id: tuple(book))
    yield book
    open_scripts.replace(held[0])
    contact_addresses_of.replace(held[1])
    put_house_script.replace(held[2])


def test_a_new_contact_is_answered_without_anything_to_do(
    nicolas: Account, sieve: MemorySieve, plugged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "CONTACTS_EVERY", 1)
    today = timezone.now().date()
    away = replace(WINTER, only_known=True, starts_on=today, ends_on=today + timedelta(days=9))
    save_absence(nicolas.pk, away, by="test", now=NOW)
    handlers.follow_contacts()
    opened = sieve.opened
    plugged.append("parent@dehors.example")
    handlers.follow_contacts()
    assert "parent@dehors.example" in sieve.boxes[nicolas.mailbox].house
    assert sieve.opened == opened + 1
    handlers.follow_contacts()
    assert sieve.opened == opened + 1
