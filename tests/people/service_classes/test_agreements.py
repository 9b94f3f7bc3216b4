"""A change that takes from many waits for a second person, and what one person does alone is counted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.models import Academy
from vaguemestre.people.service_classes.models import AskedClassChange
from vaguemestre.people.service_classes.queries import (
    asked_changes,
    class_summary,
    people_lessened_alone,
    waiting_change,
    waiting_changes,
)
from vaguemestre.people.service_classes.rules import ALONE_FOR, check_second_person, is_for_two
from vaguemestre.people.service_classes.services import (
    ask_change,
    decline_change,
    record_alone,
    save_class,
    take_change,
)
from vaguemestre.people.service_classes.values import NO_CLASS, ClassChange, ClassDraft

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
ASKER, SECOND = "account:1", "account:2"
DRAFT = ClassDraft("Réduite", replace(NO_CLASS, imap=False), ("ENS",), ("ATSS",), is_for_all=True)


@pytest.fixture
def academy_id() -> int:
    return Academy.objects.create(code="20", name="Amiens", domain="ac-20.test").pk


def ask(change: ClassChange, people: int = 12, now: datetime = NOON) -> int:
    with transaction.atomic():
        return ask_change(change, people, by=ASKER, now=now)


def details_of(action: str) -> list[dict[str, object]]:
    return list(Entry.objects.filter(action=action).order_by("pk").values_list("details", flat=True))


def test_two_are_needed_for_more_than_the_limit_even_little_by_little() -> None:
    assert not is_for_two(people=5, lately=0, limit=5)
    assert is_for_two(people=6, lately=0, limit=5)
    assert is_for_two(people=1, lately=5, limit=5)
    assert not is_for_two(people=0, lately=9, limit=5), "what takes from nobody needs nobody else"


def test_the_second_person_is_another_one() -> None:
    check_second_person(ASKER, SECOND)
    with pytest.raises(Refusal, match="same-person"):
        check_second_person(ASKER, ASKER)


@pytest.mark.django_db
def test_a_change_waits_as_it_was_asked_and_does_nothing(academy_id: int) -> None:
    change = ClassChange(academy_id, 0, DRAFT)
    number = ask(change)
    waiting = waiting_change(number)
    assert waiting is not None
    assert (waiting.change, waiting.people, waiting.asked_by) == (change, 12, ASKER)
    assert waiting_changes(academy_id) == waiting_changes(0) == (number,)
    assert waiting_changes(academy_id + 1) == ()
    assert class_summary(1) is None
    assert details_of("service_classes.change-asked") == [{"name": "Réduite", "people": 12}]


@pytest.mark.django_db
def test_of_one_class_only_the_last_change_asked_for_waits(academy_id: int) -> None:
    made = save_class(academy_id, 0, DRAFT, by=ASKER, now=NOON)
    first = ask(ClassChange(academy_id, made, replace(DRAFT, name="Une autre")))
    record_alone(ClassChange(academy_id, made, DRAFT), 3, by=ASKER, now=NOON)
    last = ask(ClassChange(academy_id, made, None))
    assert waiting_change(first) is None
    assert waiting_changes(academy_id) == (last,)
    assert people_lessened_alone(ASKER, NOON - ALONE_FOR) == 3, "what was done alone still counts"
    assert details_of("service_classes.change-asked")[-1] == {"name": "Réduite", "people": 12}, (
        "a deletion is told by the name the class has"
    )


@pytest.mark.django_db
def test_a_change_of_a_class_that_is_gone_is_not_kept(academy_id: int) -> None:
    with pytest.raises(Refusal, match="gone"):
        ask(ClassChange(academy_id, 99, DRAFT))
    assert not AskedClassChange.objects.exists()


@pytest.mark.django_db
def test_a_change_is_agreed_to_once_and_by_somebody_else(academy_id: int) -> None:
    number = ask(ClassChange(academy_id, 0, DRAFT))
    with pytest.raises(Refusal, match="same-person"), transaction.atomic():
        take_change(number, by=ASKER, now=NOON)
    assert waiting_changes(academy_id) == (number,)
    with transaction.atomic():
        assert take_change(number, by=SECOND, now=NOON).change == ClassChange(academy_id, 0, DRAFT)
    with pytest.raises(Refusal, match="not-waiting"), transaction.atomic():
        take_change(number, by=SECOND, now=NOON)
    assert details_of("service_classes.change-approved") == [{"name": "Réduite", "people": 12}]


@pytest.mark.django_db
def test_a_declined_change_is_told_for_a_while_and_no_longer_waits(academy_id: int) -> None:
    number = ask(ClassChange(academy_id, 0, DRAFT))
    with transaction.atomic():
        decline_change(number, by=SECOND, now=NOON)
    assert waiting_changes(academy_id) == ()
    (told,) = asked_changes(academy_id, NOON - timedelta(days=1))
    assert (told.number, told.declined_by) == (number, SECOND)
    assert asked_changes(academy_id, NOON) == []
    with pytest.raises(Refusal, match="not-waiting"), transaction.atomic():
        decline_change(number, by=SECOND, now=NOON)
    assert details_of("service_classes.change-declined") == [{"name": "Réduite", "people": 12}]


@pytest.mark.django_db
def test_what_ended_long_ago_is_forgotten_and_what_waits_is_kept(academy_id: int) -> None:
    waiting = ask(ClassChange(academy_id, 0, DRAFT))
    declined = ask(ClassChange(academy_id, 0, replace(DRAFT, name="Une autre")))
    with transaction.atomic():
        decline_change(declined, by=SECOND, now=NOON)
    record_alone(ClassChange(academy_id, 0, DRAFT), 3, by=ASKER, now=NOON)
    later = NOON + timedelta(days=8)
    last = ask(ClassChange(academy_id, 0, replace(DRAFT, name="La dernière")), now=later)
    assert set(AskedClassChange.objects.values_list("pk", flat=True)) == {waiting, last}


@pytest.mark.django_db
def test_what_somebody_did_alone_is_theirs_and_counts_for_an_hour(academy_id: int) -> None:
    for people in (3, 4):
        record_alone(ClassChange(academy_id, 0, DRAFT), people, by=ASKER, now=NOON)
    assert people_lessened_alone(ASKER, NOON - ALONE_FOR) == 7
    assert people_lessened_alone(ASKER, NOON) == 0
    assert people_lessened_alone(SECOND, NOON - ALONE_FOR) == 0
