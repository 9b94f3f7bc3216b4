"""Several people typed at once: nobody typed is lost, nobody is added who was not meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.schools.sharing.rules.typed_members import (
    MAX_ENTRIES,
    Candidate,
    Entry,
    EntryKind,
    read_entries,
    sort_entries,
    written_entries,
)

WORDS = st.text("abcdeéï'-", min_size=1, max_size=8).filter(lambda word: word.strip("'"))
NAMES = st.lists(WORDS, min_size=2, max_size=3).map(" ".join)
ADDRESSES = st.builds("{}@{}.fr".format, st.text("abc.1", min_size=1, max_size=6), st.text("xyz", min_size=1))
BRACKETED = st.builds("{} <{}>".format, NAMES, ADDRESSES)
PEOPLE = st.lists(st.one_of(WORDS, NAMES, ADDRESSES, BRACKETED), max_size=30)
SEPARATORS = st.sampled_from(["\n", ", ", ";", " ;\r\n", "\n\n,"])
ACCOUNTS = st.integers(1, 12)


def candidate(number: int) -> Candidate:
    return Candidate(number, f"Agent {number}", f"a{number}@x.fr", "")


@given(PEOPLE, SEPARATORS)
def test_whatever_separates_them_the_same_people_are_read(people: list[str], separator: str) -> None:
    assert read_entries(separator.join(people)) == read_entries("\n".join(people))


def test_a_row_of_a_spreadsheet_is_one_person() -> None:
    entries = read_entries("Lefebvre\tThomas\nMagnier\tClaire\tclaire@x.fr\n\t\njpetit")
    assert [(entry.kind, entry.key) for entry in entries] == [
        (EntryKind.NAME, "Lefebvre Thomas"),
        (EntryKind.ADDRESS, "claire@x.fr"),
        (EntryKind.USERNAME, "jpetit"),
    ]


@given(PEOPLE)
def test_everybody_typed_is_read_once(people: list[str]) -> None:
    entries = read_entries("\n".join(people))
    assert len({(entry.kind, entry.key) for entry in entries}) == len(entries)
    each = {(entry.kind, entry.key) for person in people for entry in read_entries(person)}
    assert {(entry.kind, entry.key) for entry in entries} == each
    assert all(read_entries(person) for person in people)


@given(st.lists(st.tuples(st.text(max_size=20), ADDRESSES), max_size=20))
def test_names_written_into_the_field_are_read_as_their_addresses(people: list[tuple[str, str]]) -> None:
    entries = read_entries(written_entries(people))
    assert [entry.key for entry in entries] == list(dict.fromkeys(address for _, address in people))
    assert {entry.kind for entry in entries} <= {EntryKind.ADDRESS}


@given(st.text(max_size=MAX_ENTRIES))
def test_any_text_is_read(text: str) -> None:
    assert all(entry.key and entry.key.strip() == entry.key for entry in read_entries(text))


@given(st.dictionaries(WORDS, st.sets(ACCOUNTS, max_size=3), max_size=10), st.sets(ACCOUNTS))
def test_each_entry_has_one_outcome_and_each_account_is_offered_once(
    meant: dict[str, set[int]], members: set[int]
) -> None:
    looked_up = {
        Entry(typed, EntryKind.NAME, typed): tuple(map(candidate, sorted(accounts)))
        for typed, accounts in meant.items()
    }
    result = sort_entries(looked_up, looked_up, members)
    recognised, already, namesakes = (
        [one.account_id for one in part] for part in (result.recognised, result.already, result.namesakes)
    )
    assert list(result.unknown) == [typed for typed, accounts in meant.items() if not accounts]
    offered = recognised + already + namesakes
    assert len(offered) == len(set(offered))
    assert set(offered) == set().union(*meant.values())
    assert set(already) == set(offered) & members
    alone = {account for accounts in meant.values() if len(accounts) == 1 for account in accounts}
    assert set(recognised) == alone - members, "ticked beforehand is only whoever an entry means alone"


def test_a_quoted_name_keeps_its_comma() -> None:
    assert read_entries('"Durand, Marie" <Marie.Durand@x.fr>') == (
        Entry('"Durand, Marie" <Marie.Durand@x.fr>', EntryKind.ADDRESS, "marie.durand@x.fr"),
    )


def test_a_username_before_a_named_address_is_not_swallowed_by_its_name() -> None:
    entries = read_entries("mdurand, Jean Petit <j.petit@x.fr>")
    assert [(entry.kind, entry.key) for entry in entries] == [
        (EntryKind.USERNAME, "mdurand"), (EntryKind.ADDRESS, "j.petit@x.fr"),
    ]  # fmt: skip


def test_more_than_a_hundred_are_refused() -> None:
    assert len(read_entries("\n".join(f"agent{n}" for n in range(MAX_ENTRIES)))) == MAX_ENTRIES
    with pytest.raises(Refusal, match=r"sharing\.too-many-typed"):
        read_entries("\n".join(f"agent{n}" for n in range(MAX_ENTRIES + 1)))
