"""What a change of a class moves: who passes from one to another, and what they lose."""

from typing import NamedTuple

from django.utils import timezone

from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import accounts_of_people
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.service_classes.labels_fr import LIMIT_LABELS, USUAL_DAYS, limit_text
from vaguemestre.people.service_classes.queries import class_summaries, class_ties, people_facts
from vaguemestre.people.service_classes.rules import (
    NEW_CLASS,
    changed_limits,
    lessened_limits,
    moves,
    ties_with,
    ties_without,
)
from vaguemestre.people.service_classes.values import NO_CLASS, ClassChange, ClassDraft, ClassTies

_NO_CLASS = ClassDraft("aucune classe", NO_CLASS)


class LimitChange(NamedTuple):
    """A limit that changes, in words."""

    label: str
    before: str
    after: str


class Move(NamedTuple):
    """People who pass from one class to another, and what changes for them."""

    people: int
    before: str
    after: str
    changes: list[LimitChange]
    lessened: tuple[str, ...]  # names of `ServiceLimits`


def moves_of(change: ClassChange) -> list[Move]:
    """What that change would do today, the most people first."""
    ties, class_id = class_ties(change.academy_id), change.class_id or NEW_CLASS
    after = ties_with(ties, class_id, change.draft) if change.draft else ties_without(ties, class_id)
    return _moves(change.academy_id, ties, after, class_id, change.draft)


def count_lessened(moved: list[Move]) -> int:
    """How many people get less."""
    return sum(move.people for move in moved if move.lessened)


def _moves(
    academy_id: int, before: ClassTies, after: ClassTies, class_id: int, draft: ClassDraft | None
) -> list[Move]:
    """Who changes, among people with an account. `draft`: what the class of that id will be, if it stays."""
    old = {summary.class_id: summary.draft for summary in class_summaries(academy_id)}
    new = {**old, class_id: draft} if draft else old
    accounts = accounts_of_people(academy_id)
    people = [
        facts
        for facts in people_facts(academy_id, paris_day(timezone.now()))
        if (account := accounts.get(facts.person_id)) and account.state != AccountState.CLOSED
    ]
    class_moves = [
        _move(count, old.get(source, _NO_CLASS), new.get(target, _NO_CLASS))
        for (source, target), count in moves(people, before, after).items()
        if source != target or (class_id == source and draft and draft.limits != old[source].limits)
    ]
    return sorted(class_moves, key=lambda move: -move.people)


def _move(people: int, before: ClassDraft, after: ClassDraft) -> Move:
    changes = [
        LimitChange(LIMIT_LABELS[name], limit_text(before.limits, name), limit_text(after.limits, name))
        for name in changed_limits(before.limits, after.limits)
    ]
    lessened = lessened_limits(before.limits, after.limits, USUAL_DAYS)
    return Move(people, before.name, after.name, changes, lessened)
