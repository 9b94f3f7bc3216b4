"""Which class a person has, and what differs between two classes."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import timedelta
from math import inf

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.service_classes.values import (
    Basis,
    ClassChoice,
    ClassDraft,
    ClassTies,
    PersonFacts,
    ServiceLimits,
)

ALONE_FOR = timedelta(hours=1)
_SIZES = ("quota_mb", "message_mb")
NEW_CLASS = -1  # the id, in a preview, of a class that is not made yet


def class_of(facts: PersonFacts, ties: ClassTies) -> ClassChoice | None:
    """The class of a person: own exception, else function, else category, else the académie's.

    Of several functions, the first that has a class: the main post comes first. None: no class.
    """
    if class_id := ties.by_person.get(facts.person_id):
        return ClassChoice(class_id, Basis.PERSON)
    for function in facts.functions:
        if class_id := ties.by_function.get(function):
            return ClassChoice(class_id, Basis.FUNCTION)
    if class_id := ties.by_category.get(facts.category):
        return ClassChoice(class_id, Basis.CATEGORY)
    return ClassChoice(ties.whole, Basis.ACADEMY) if ties.whole else None


def ties_with(ties: ClassTies, class_id: int, draft: ClassDraft) -> ClassTies:
    """The ties once that class is saved: it takes over the functions and categories it names."""
    other_ties = ties_without(ties, class_id)
    return replace(
        other_ties,
        by_person=ties.by_person,
        by_function={**other_ties.by_function, **dict.fromkeys(draft.functions, class_id)},
        by_category={**other_ties.by_category, **dict.fromkeys(draft.categories, class_id)},
        whole=class_id if draft.is_for_all else other_ties.whole,
    )


def ties_without(ties: ClassTies, class_id: int) -> ClassTies:
    """The ties once that class is deleted."""
    return ClassTies(
        {key: held for key, held in ties.by_person.items() if held != class_id},
        {key: held for key, held in ties.by_function.items() if held != class_id},
        {key: held for key, held in ties.by_category.items() if held != class_id},
        0 if ties.whole == class_id else ties.whole,
    )


def moves(
    people: Iterable[PersonFacts], before: ClassTies, after: ClassTies
) -> Mapping[tuple[int, int], int]:
    """(class before, class after) → people, everybody counted once; 0 stands for no class."""
    return Counter((_id(class_of(facts, before)), _id(class_of(facts, after))) for facts in people)


def changed_limits(before: ServiceLimits, after: ServiceLimits) -> tuple[str, ...]:
    """The names of the fields that differ, in order."""
    return tuple(
        one.name for one in fields(ServiceLimits) if getattr(before, one.name) != getattr(after, one.name)
    )


def lessened_limits(before: ServiceLimits, after: ServiceLimits, usual_days: int) -> tuple[str, ...]:
    """The names of the fields that give less, in order. `usual_days`: what a retention of 0 stands for."""
    # A size of 0 is the account's or the installation's: it may be larger than any other.
    usual = {**dict.fromkeys(_SIZES, inf), "trash_days": usual_days, "junk_days": usual_days}

    def given(limits: ServiceLimits, name: str) -> float:
        return getattr(limits, name) or usual.get(name, 0)

    return tuple(name for name in changed_limits(before, after) if given(after, name) < given(before, name))


def is_for_two(people: int, lately: int, limit: int) -> bool:
    """Whether one person would give less to more than `limit` people alone, in one change or in several.

    `lately`: people of what the same person changed alone within `ALONE_FOR`.
    """
    return people > 0 and people + lately > limit


def check_second_person(asked_by: str, approver: str) -> None:
    """Raises Refusal `service_classes.same-person`."""
    if asked_by == approver:
        raise Refusal("service_classes.same-person")


def _id(choice: ClassChoice | None) -> int:
    return choice.class_id if choice else 0
