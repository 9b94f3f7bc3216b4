"""Classes are made, changed and given in one académie, and each change says in the journal what it was."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.access.signin.people import account

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.models import Academy
from vaguemestre.people.service_classes.models import ClassException, ClassTie
from vaguemestre.people.service_classes.queries import (
    class_summary,
    class_ties,
    exception_of,
    exceptions_in,
    has_classes,
)
from vaguemestre.people.service_classes.services import (
    delete_class,
    forget_person,
    give_exception,
    save_class,
    withdraw_exception,
)
from vaguemestre.people.service_classes.values import NO_CLASS, ClassDraft

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
DRAFT = ClassDraft("Réduite", replace(NO_CLASS, imap=False), ("ENS",), ("ATSS",), is_for_all=False)


@pytest.fixture
def amiens() -> int:
    return academy("20")


def academy(code: str) -> int:
    row, _ = Academy.objects.get_or_create(code=code, defaults={"name": code, "domain": f"ac-{code}.test"})
    return row.pk


def save(academy_id: int, draft: ClassDraft = DRAFT, class_id: int = 0) -> int:
    return save_class(academy_id, class_id, draft, by="account:1", now=NOON)


def words_of(action: str) -> list[dict[str, object]]:
    return list(Entry.objects.filter(action=action).order_by("pk").values_list("details", flat=True))


def test_a_class_is_read_as_it_was_saved_and_changed_only_where_it_differs(amiens: int) -> None:
    made = save(amiens)
    summary = class_summary(made)
    assert summary is not None
    assert (summary.academy_id, summary.draft) == (amiens, DRAFT)
    changed = replace(DRAFT, name="Élèves", functions=("DIR",), categories=(), is_for_all=True)
    assert save(amiens, changed, made) == made
    summary = class_summary(made)
    assert summary is not None
    assert summary.draft == changed
    assert ClassTie.objects.count() == 2, "what is not named any more is untied"
    (first,), (second,) = words_of("service_classes.class-made"), words_of("service_classes.class-changed")
    assert (first["changes"], first["functions"]) == ("imap=False", "ENS")
    assert (second["changes"], second["name"], second["whole"]) == ("", "Élèves", True)


def test_a_class_takes_over_what_it_names_and_what_is_of_another_academie_stays_there(amiens: int) -> None:
    lille = academy("09")
    first, away = save(amiens), save(lille)
    second = save(amiens, replace(DRAFT, name="Une autre", categories=()))
    assert class_ties(amiens).by_function == {"ENS": second}
    assert class_ties(amiens).by_category == {"ATSS": first}
    assert class_ties(lille).by_function == {"ENS": away}


def test_a_name_is_that_of_one_class_of_an_academie(amiens: int) -> None:
    made = save(amiens)
    with pytest.raises(Refusal, match="name-taken"):
        save(amiens)
    save(amiens, class_id=made)
    save(academy("09"))


def test_a_class_of_another_academie_is_neither_changed_nor_deleted(amiens: int) -> None:
    made, elsewhere = save(amiens), academy("09")
    with pytest.raises(Refusal, match="gone"):
        save(elsewhere, class_id=made)
    with pytest.raises(Refusal, match="gone"):
        delete_class(elsewhere, made, by="account:1", now=NOON)
    summary = class_summary(made)
    assert summary is not None
    assert summary.draft == DRAFT
    assert words_of("service_classes.class-deleted") == []


def test_a_deleted_class_leaves_nothing_that_gives_it(amiens: int) -> None:
    made, person_id = save(amiens), account().person_id
    assert person_id
    give_exception(person_id, made, "Sans filtres", by="account:1", now=NOON)
    delete_class(amiens, made, by="account:1", now=NOON)
    assert not has_classes()
    assert not ClassTie.objects.exists()
    assert exception_of(person_id) == ""
    assert words_of("service_classes.class-deleted") == [{"name": "Réduite"}]


def test_an_exception_is_the_last_one_given_and_its_withdrawal_is_told_once(amiens: int) -> None:
    person_id = account().person_id
    assert person_id
    first, second = save(amiens), save(amiens, replace(DRAFT, name="Une autre"))
    give_exception(person_id, first, "stage", by="account:1", now=NOON)
    give_exception(person_id, second, "mutation", by="account:1", now=NOON)
    assert (exceptions_in(first), exceptions_in(second)) == ({}, {person_id: "mutation"})
    assert class_ties(amiens).by_person == {person_id: second}
    for _ in range(2):
        withdraw_exception(person_id, by="account:1", now=NOON)
    assert class_ties(amiens).by_person == {}
    assert len(words_of("service_classes.exception-given")) == 2
    assert len(words_of("service_classes.exception-withdrawn")) == 1


def test_a_class_that_is_gone_is_given_to_nobody() -> None:
    person_id = account().person_id
    assert person_id
    with pytest.raises(Refusal, match="gone"):
        give_exception(person_id, 99, "stage", by="account:1", now=NOON)
    assert not ClassException.objects.exists()


def test_what_was_given_by_name_is_forgotten_with_its_person_only(amiens: int) -> None:
    made, who, other = save(amiens), account().person_id, account("autre").person_id
    assert who
    assert other
    for person_id in (who, other):
        give_exception(person_id, made, "stage", by="account:1", now=NOON)
    forget_person(who)
    assert exceptions_in(made) == {other: "stage"}
