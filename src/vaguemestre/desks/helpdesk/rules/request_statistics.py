"""How many help requests came and were answered, and how long it took: of the desk as a whole.

Nothing here knows who took or answered a request. A desk is several people who pass requests on to each other
and help on the telephone, which no table sees: figures of single operators would measure who takes the easy
ones, and would be a watch on agents at work that asks for a declaration of its own.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from vaguemestre.foundation.kernel.times import paris_day

WEEKS = 53  # the week of today, and the twelve months before


@dataclass(frozen=True, slots=True)
class RequestTimes:
    """A request. `place`: the establishment of its author, "" if unknown; None: not yet."""

    kind: str
    place: str
    made_at: datetime
    taken_at: datetime | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of requests received and answered, and their median delays.

    The delays run from the reception, of the requests that came so far; None if none did.
    """

    received: int
    answered: int
    until_taken: timedelta | None
    until_answered: timedelta | None


NOTHING = Figures(0, 0, None, None)


def figures_of(requests: Collection[RequestTimes]) -> Figures:
    answered = [one.answered_at - one.made_at for one in requests if one.answered_at]
    return Figures(
        len(requests),
        len(answered),
        _median([one.taken_at - one.made_at for one in requests if one.taken_at]),
        _median(answered),
    )


def figures_by(
    key: Callable[[RequestTimes], str], requests: Iterable[RequestTimes]
) -> list[tuple[str, Figures]]:
    """The figures of each group, the largest first; then in the order of names."""
    figures = [(name, figures_of(group)) for name, group in _grouped(key, requests).items()]
    return sorted(figures, key=lambda pair: (-pair[1].received, pair[0]))


def figures_by_week(requests: Iterable[RequestTimes], today: date) -> list[tuple[date, Figures]]:
    """The figures of each of the last WEEKS weeks, by its Monday, the oldest first; a week may have none."""
    groups = _grouped(lambda one: _monday(paris_day(one.made_at)), requests)
    first = first_day(today)
    mondays = [first + timedelta(weeks=number) for number in range(WEEKS)]
    return [(monday, figures_of(groups.get(monday, []))) for monday in mondays]


def first_day(today: date) -> date:
    """The Monday from which requests are counted."""
    return _monday(today) - timedelta(weeks=WEEKS - 1)


def _median(delays: Collection[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(delay.total_seconds() for delay in delays)) if delays else None


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _grouped[Key](
    key: Callable[[RequestTimes], Key], requests: Iterable[RequestTimes]
) -> dict[Key, list[RequestTimes]]:
    groups: defaultdict[Key, list[RequestTimes]] = defaultdict(list)
    for request in requests:
        groups[key(request)].append(request)
    return groups
