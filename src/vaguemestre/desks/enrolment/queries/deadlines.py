"""What is planned for the people of services: ends of posts, and steps of what was declared."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from vaguemestre.desks.enrolment.values import Scope
from vaguemestre.people.directory.queries import ManagedPerson, managed_among, nearest_ends_of_posts
from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.lifecycle.labels_fr import EVENT_LABELS, STEP_LABELS
from vaguemestre.people.lifecycle.queries import lifecycles_of_services
from vaguemestre.people.lifecycle.values import ConsequenceTable

MAX_DUES = 1000  # due dates of a list, the nearest


class Due(NamedTuple):
    """Something planned for a person. `words`: French."""

    on: date
    person: ManagedPerson
    words: str


class DueDates(NamedTuple):
    """A page of due dates. `total`: of the list; `is_cut`: later ones were left out of it."""

    page: list[Due]
    total: int
    is_cut: bool


class _Key(NamedTuple):
    on: date
    person_id: int
    words: str


def due_dates(
    scope: Scope,
    table: ConsequenceTable,
    today: date,
    until: date,
    *,
    words: str = "",
    order: str = "jour",
    first: int,
    count: int,
) -> DueDates:
    """The nearest `MAX_DUES` due dates from `today` to `until` whose person, place or words contain `words`.

    `order`: `jour` or `nom`, `-` before it for descending.
    """
    keys = sorted(_keys(scope, table, today, until))
    is_cut = len(keys) > MAX_DUES
    people = managed_among(scope.services, list(dict.fromkeys(key.person_id for key in keys[:MAX_DUES])))
    dues = [
        Due(key.on, people[key.person_id], key.words) for key in keys[:MAX_DUES] if key.person_id in people
    ]
    wanted = fold(words)
    matching = [due for due in dues if wanted in fold(f"{due.person.name} {due.person.place} {due.words}")]
    by_name = order.lstrip("-") == "nom"
    matching.sort(key=_by_name if by_name else _by_day, reverse=order.startswith("-"))
    return DueDates(matching[first : first + count], len(matching), is_cut)


def _keys(scope: Scope, table: ConsequenceTable, today: date, until: date) -> Iterator[_Key]:
    """Due steps of `MAX_DUES` + 1 lifecycles and ends of as many posts: one too many tells of a cut."""
    for person_id, life in lifecycles_of_services(scope.services, table, until, limit=MAX_DUES + 1):
        if life.event:
            for due in life.to_come:
                if due.on <= until:
                    yield _Key(due.on, person_id, f"{EVENT_LABELS[life.event]} : {STEP_LABELS[due.step]}")
    for person_id, last in nearest_ends_of_posts(scope.services, today, until, limit=MAX_DUES + 1):
        yield _Key(last, person_id, "Dernier jour de poste")


def _by_day(due: Due) -> tuple[date, str]:
    return due.on, fold(due.person.name)


def _by_name(due: Due) -> tuple[str, date]:
    return fold(due.person.name), due.on
