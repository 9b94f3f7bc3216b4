"""Criteria of a journal search, from typed text: labels → action codes, names → actor ids."""

from collections.abc import Callable, Collection, Iterable

from vaguemestre.desks.backoffice.rules.act_search import matching_actions
from vaguemestre.desks.backoffice.rules.actors import actor_codes
from vaguemestre.desks.backoffice.rules.things import things_labelled
from vaguemestre.foundation.journal.queries import JournalFilter
from vaguemestre.foundation.journal.values import numbers_of
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.people.credentials.queries import SchoolActivation, accounts_by_person, find_account
from vaguemestre.people.directory.queries import people_by_name
from vaguemestre.schools.lists.queries import list_addresses, lists_by_address
from vaguemestre.schools.sharing.queries import box_addresses, box_at

MAX_PEOPLE = 200  # with one name; above, the search is too vague


def parse_action_search(typed: str) -> tuple[str, ...] | None:
    """The actions whose label or code matches the typed text; None for no criterion.

    An unknown code is searched as typed.
    """
    return matching_actions(typed) or (typed,) if typed else None


def parse_actor_search(typed: str) -> tuple[str, ...] | None:
    """The journal's identifiers for a typed label, username, address or name; None for no criterion.

    Raises Refusal `backoffice.name-too-common`.
    """
    if not typed:
        return None
    people = people_by_name(typed, limit=MAX_PEOPLE + 1) if ":" not in typed else ()
    if len(people) > MAX_PEOPLE:
        raise Refusal("backoffice.name-too-common", most=MAX_PEOPLE)
    account = find_account(typed) if ":" not in typed else None
    account_ids = {account.account_id} if account else set[int]()
    person_ids = {account.person_id} if account and account.person_id else set[int]()
    person_ids |= set(people)
    account_ids |= {account.account_id for account in accounts_by_person(person_ids).values()}
    box_id = box_at(typed) if "@" in typed else None
    return tuple(
        dict.fromkeys(
            [
                typed,
                *actor_codes(typed),
                *things_labelled(typed),
                *_identifiers("account", account_ids),
                *_identifiers("person", person_ids),
                *_identifiers("box", {box_id} if box_id else ()),
                *_identifiers("list", lists_by_address([typed]).values() if "@" in typed else ()),
            ]
        )
    )


def thing_names(subjects: Collection[str]) -> dict[str, str]:
    """The journal's subjects that are no people → their names: addresses of boxes and lists."""
    names_by_kind = {
        "box": box_addresses(numbers_of("box", subjects)),
        "list": list_addresses(numbers_of("list", subjects)),
    }
    return {
        f"{kind}:{number}": name for kind, names in names_by_kind.items() for number, name in names.items()
    }


def journal_criteria(act: str, by: str, to: str, dates: JournalFilter) -> JournalFilter:
    """The criteria of a search. `dates`: its days. Raises Refusal `backoffice.name-too-common`."""
    return JournalFilter(
        actions=parse_action_search(act),
        by=parse_actor_search(by),
        to=parse_actor_search(to),
        since=dates.since,
        until=dates.until,
    )


def _identifiers(name: str, numbers: Iterable[int]) -> list[str]:
    return [f"{name}:{number}" for number in sorted(numbers)]


SCHOOL_ORDERS: dict[str, Callable[[SchoolActivation], int | str]] = {
    "nombre": lambda school: school.pending,
    "part": lambda school: school.share,
    "nom": lambda school: without_accents(school.name),
    "ville": lambda school: without_accents(school.town),
}


def matching_schools(
    schools: Iterable[SchoolActivation], words: str, sort: str, *, backwards: bool
) -> list[SchoolActivation]:
    """The schools whose name, town or UAI holds every word typed."""
    typed = without_accents(words).split()
    matches = [
        school
        for school in schools
        if all(word in without_accents(f"{school.uai} {school.name} {school.town}") for word in typed)
    ]
    return sorted(matches, key=lambda one: (SCHOOL_ORDERS[sort](one), one.structure_id), reverse=backwards)
