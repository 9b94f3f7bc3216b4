"""People typed at once, looked up among the listed agents."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from vaguemestre.access.signin.queries import academies_hidden_from
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import accounts_by_person, people_by_username
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory.queries import (
    listed_people,
    listed_people_by_address,
    listed_people_named,
    listed_people_serving,
    structures_of,
)
from vaguemestre.people.directory.values import DirectoryEntry
from vaguemestre.schools.sharing.models import Box, Member
from vaguemestre.schools.sharing.rules.typed_members import (
    MAX_ENTRIES,
    Candidate,
    Entry,
    EntryKind,
    TypedMembers,
    sort_entries,
)

_MAX_NAMESAKES = 6


class OfferedPlace(NamedTuple):
    """An establishment or a service whose people may be written into the field."""

    structure_id: int
    name: str


def agent_at(address: str, academy_id: int) -> DirectoryEntry | None:
    """The listed person of that address (any case), if they are a colleague of that académie's people."""
    typed, hidden = address.strip().lower(), academies_hidden_from(academy_id)
    return listed_people_by_address([typed], hidden_academies=hidden).get(typed)


def typed_members(
    box_id: int, entries: Collection[Entry], *, hidden_academies: Collection[int] = ()
) -> TypedMembers:
    """Who is meant by the entries, for that mailbox: names and usernames in its own académie only.

    Some queries for all addresses and usernames, and one for each name.
    """
    academy_id = Box.objects.values_list("academy_id", flat=True).get(pk=box_id)
    listed: dict[Entry, Collection[DirectoryEntry]] = {}
    by_address = listed_people_by_address(
        _keys(entries, EntryKind.ADDRESS), hidden_academies=hidden_academies
    )
    by_username = people_by_username(_keys(entries, EntryKind.USERNAME))
    by_person = listed_people(by_username.values(), academy_id=academy_id)
    for entry in entries:
        if entry.kind is EntryKind.ADDRESS:
            match = by_address.get(entry.key)
        elif entry.kind is EntryKind.USERNAME:
            match = by_person.get(by_username.get(entry.key, 0))
        else:
            listed[entry] = listed_people_named(entry.key, academy_id=academy_id, limit=_MAX_NAMESAKES)
            continue
        listed[entry] = (match,) if match else ()
    return sort_entries(entries, _candidates(listed), _open_members(box_id))


def places_offered(box_id: int, person_id: int | None, now: datetime) -> list[OfferedPlace]:
    """The establishment of the mailbox, and those that person serves, by name."""
    places = dict(structures_of(person_id, paris_day(now))) if person_id else {}
    box = Box.objects.select_related("structure").get(pk=box_id)
    if box.structure:
        places[box.structure.pk] = box.structure.name
    return sorted((OfferedPlace(*place) for place in places.items()), key=lambda place: place.name)


def people_of_place(box_id: int, structure_id: int, now: datetime) -> list[DirectoryEntry]:
    """The listed people who serve there and are no members of the mailbox yet: as many as may be typed."""
    entries = listed_people_serving(structure_id, paris_day(now), limit=MAX_ENTRIES)
    accounts = accounts_by_person([entry.person_id for entry in entries])
    members = _open_members(box_id)
    open_accounts = {
        person_id for person_id, account in accounts.items()
        if account.state != AccountState.CLOSED and account.account_id not in members
    }  # fmt: skip
    return [entry for entry in entries if entry.person_id in open_accounts]


def _keys(entries: Iterable[Entry], kind: EntryKind) -> list[str]:
    return [entry.key for entry in entries if entry.kind is kind]


def _open_members(box_id: int) -> set[int]:
    rows = Member.objects.filter(box_id=box_id, ended_at__isnull=True)
    return set(rows.values_list("account_id", flat=True))


def _candidates(
    listed: Mapping[Entry, Collection[DirectoryEntry]],
) -> dict[Entry, tuple[Candidate, ...]]:
    """The listed people who have an account that is not closed."""
    accounts = accounts_by_person({one.person_id for people in listed.values() for one in people})
    return {
        entry: tuple(
            Candidate(account.account_id, one.name, one.address, one.detail)
            for one in people
            if (account := accounts.get(one.person_id)) and account.state != AccountState.CLOSED
        )
        for entry, people in listed.items()
    }
