"""Accounts follow their classes of service (`people.service_classes`)."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from itertools import batched

from django.db import transaction

from vaguemestre.foundation.cluster.locks import turn
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import Line, record_many
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.people.credentials.events import AccountsChanged, ClassesChanged
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.queries import academies_of
from vaguemestre.people.service_classes import services
from vaguemestre.people.service_classes.queries import (
    class_summaries,
    class_ties,
    has_classes,
    people_facts,
    people_lessened_alone,
)
from vaguemestre.people.service_classes.rules import ALONE_FOR, class_of, is_for_two
from vaguemestre.people.service_classes.values import ClassChange, ClassDraft

_ONE_AT_A_TIME = "service_classes.decisions"  # or two changes at once would each be under the number
_PER_TRANSACTION = 1_000


@transaction.atomic(durable=True)
def change_class(academy_id: int, class_id: int, draft: ClassDraft, *, by: str, now: datetime) -> int:
    """Use case: make a class (0) or change one. Its people follow at once, those it gains by the worker.

    Returns its id. Raises Refusal `service_classes.name-taken`, `service_classes.gone`.
    """
    return _apply(ClassChange(academy_id, class_id, draft), by=by, now=now)


@transaction.atomic(durable=True)
def delete_class(academy_id: int, class_id: int, *, by: str, now: datetime) -> None:
    """Use case: delete a class; its people get what their function or category gives, by the worker.

    Raises Refusal `service_classes.gone`.
    """
    _apply(ClassChange(academy_id, class_id, None), by=by, now=now)


def decide_change(change: ClassChange, people: int, limit: int, *, by: str, now: datetime) -> int:
    """Use case: make the change, or have it wait for a second person where one alone may not.

    `people`: who gets less by it; `limit`: of those whom one person may lessen in an hour. Returns the
    number of the change that waits, 0 once it is made. Raises Refusal as `change_class`.
    """
    with turn(_ONE_AT_A_TIME), transaction.atomic(durable=True):
        if is_for_two(people, people_lessened_alone(by, now - ALONE_FOR), limit):
            return services.ask_change(change, people, by=by, now=now)
        if people:
            services.record_alone(change, people, by=by, now=now)
        _apply(change, by=by, now=now)
        return 0


def approve_change(number: int, *, by: str, now: datetime) -> None:
    """Use case: agree, as a second person, to a change that waits; it is then made.

    Raises Refusal `service_classes.not-waiting`, `service_classes.same-person`, and as `change_class`.
    """
    with turn(_ONE_AT_A_TIME), transaction.atomic(durable=True):
        _apply(services.take_change(number, by=by, now=now).change, by=by, now=now)


@transaction.atomic(durable=True)
def decline_change(number: int, *, by: str, now: datetime) -> None:
    """Use case: decline a change that waits. Raises Refusal `service_classes.not-waiting`."""
    services.decline_change(number, by=by, now=now)


@transaction.atomic(durable=True)
def give_class(person_id: int, class_id: int, note: str, *, by: str, now: datetime, today: date) -> None:
    """Use case: give one person a class by name; 0 lets their function and category decide again.

    Raises Refusal `service_classes.gone`.
    """
    if class_id:
        services.give_exception(person_id, class_id, note, by=by, now=now)
    else:
        services.withdraw_exception(person_id, by=by, now=now)
    for academy_id in academies_of([person_id]).values():
        _assign(academy_id, [person_id], by=by, now=now, today=today)


def assign_classes(
    academy_id: int, person_ids: Collection[int] | None = None, *, by: str, now: datetime, today: date
) -> int:
    """Give the accounts of these people, or of all of the académie, the class they must have. Idempotent.

    One transaction for each thousand. Returns how many changed.
    """
    changed = 0
    batches = [None] if person_ids is None else batched(person_ids, _PER_TRANSACTION)
    for batch in batches:
        changed += _assign(academy_id, batch, by=by, now=now, today=today)
    return changed


def _apply(change: ClassChange, *, by: str, now: datetime) -> int:
    """Make the change, whose holders and those it moves follow. Returns the id of the class."""
    class_id, holders = change.class_id, _holders(change.class_id)
    if change.draft:
        class_id = services.save_class(change.academy_id, class_id, change.draft, by=by, now=now)
    else:
        services.delete_class(change.academy_id, class_id, by=by, now=now)
    _tell_engines(holders)
    announce(ClassesChanged(change.academy_id))
    return class_id


def _assign(
    academy_id: int, person_ids: Collection[int] | None, *, by: str, now: datetime, today: date
) -> int:
    if not has_classes():
        return 0
    ties = class_ties(academy_id, person_ids)
    choices = {
        facts.person_id: class_of(facts, ties) for facts in people_facts(academy_id, today, person_ids)
    }
    accounts = Account.objects.filter(person__academy_id=academy_id)
    accounts = accounts if person_ids is None else accounts.filter(person_id__in=person_ids)
    moved: dict[int, int] = {}
    for pk, person_id, held in accounts.values_list("pk", "person_id", "service_class_id"):
        choice = choices.get(person_id or 0)
        wanted = choice.class_id if choice else 0
        if wanted != (held or 0):
            moved[pk] = wanted
    names = {summary.class_id: summary.draft.name for summary in class_summaries(academy_id)}
    for batch in batched(sorted(moved), _PER_TRANSACTION):
        with transaction.atomic():
            _move({pk: moved[pk] for pk in batch}, names, by=by, now=now)
    return len(moved)


def _move(moved: dict[int, int], names: dict[int, str], *, by: str, now: datetime) -> None:
    by_class: dict[int, list[int]] = defaultdict(list)
    for pk, class_id in moved.items():
        by_class[class_id].append(pk)
    for class_id, account_ids in by_class.items():
        Account.objects.filter(pk__in=account_ids).update(service_class_id=class_id or None)
    record_many(
        Line("credentials.class-set", account_subject(pk), by, now, {"name": names.get(class_id, "")})
        for pk, class_id in moved.items()
    )
    announce(AccountsChanged(list(moved)))


def _holders(class_id: int) -> list[int]:
    return list(Account.objects.filter(service_class_id=class_id).order_by("pk").values_list("pk", flat=True))


def _tell_engines(account_ids: list[int]) -> None:
    for batch in batched(account_ids, _PER_TRANSACTION):
        announce(AccountsChanged(list(batch)))
