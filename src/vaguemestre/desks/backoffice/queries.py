"""What is typed to search the journal, as the journal writes it: labels → codes, names → numbers."""

from collections.abc import Iterable

from vaguemestre.desks.backoffice.rules.actors import actors_of
from vaguemestre.desks.backoffice.rules.acts import acts_of
from vaguemestre.foundation.journal.queries import Sought
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import find_account, lives_of
from vaguemestre.people.directory.queries import people_by_name

MAX_PEOPLE = 200  # of one name: above, the search would say nothing


def actions_sought(typed: str) -> tuple[str, ...] | None:
    """The acts whose label holds every word typed, or whose code begins so; None for no criterion.

    A code nobody knows is looked for as it is.
    """
    return acts_of(typed) or (typed,) if typed else None


def subjects_sought(typed: str) -> tuple[str, ...] | None:
    """How the journal writes whom that may be: as typed, an actor's label, a username, an address, a name.

    Raises Refusal `backoffice.name-too-common`.
    """
    if not typed:
        return None
    people = people_by_name(typed, limit=MAX_PEOPLE + 1) if ":" not in typed else ()
    if len(people) > MAX_PEOPLE:
        raise Refusal("backoffice.name-too-common", most=MAX_PEOPLE)
    account = find_account(typed) if ":" not in typed else None
    accounts = {account.account_id} if account else set[int]()
    persons = {account.person_id} if account and account.person_id else set[int]()
    persons |= set(people)
    accounts |= {account_id for account_id, *_ in lives_of(persons).values()}
    return tuple(
        dict.fromkeys([typed, *actors_of(typed), *_kind("account", accounts), *_kind("person", persons)])
    )


def journal_sought(act: str, by: str, to: str, dates: Sought) -> Sought:
    """The lines sought. `dates`: their days. Raises Refusal `backoffice.name-too-common`."""
    return Sought(
        actions=actions_sought(act),
        by=subjects_sought(by),
        to=subjects_sought(to),
        since=dates.since,
        until=dates.until,
    )


def _kind(name: str, numbers: Iterable[int]) -> list[str]:
    return [f"{name}:{number}" for number in sorted(numbers)]
