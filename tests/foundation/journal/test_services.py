"""The journal is written once, in order, and never rewritten."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.journal.queries import JournalFilter, chain_state, journal_head, journal_page
from vaguemestre.foundation.journal.services import record

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def wrote(count: int) -> None:
    for number in range(count):
        record("tests.happened", to=f"thing:{number}", by="cli", at=NOON, number=number)


def test_an_honest_journal_has_no_broken_entry() -> None:
    wrote(5)
    assert chain_state().holds


@pytest.mark.parametrize("statement", ["UPDATE journal_entry SET action = 'x'", "DELETE FROM journal_entry"])
def test_the_database_refuses_to_change_an_entry(statement: str) -> None:
    wrote(2)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert chain_state().holds


def unguarded(*statements: str) -> None:
    """What somebody may do who holds the database itself."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER journal_entry_no_update")
            cursor.execute("DROP TRIGGER journal_entry_no_delete")
        else:
            cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER ALL")
        for statement in statements:
            cursor.execute(statement)


def numbers() -> list[int]:
    return list(Entry.objects.order_by("id").values_list("pk", flat=True))


@pytest.mark.parametrize("column", ["action", '"by"', '"to"', "details"])
def test_an_altered_line_is_named(column: str) -> None:
    wrote(4)
    third = numbers()[2]
    unguarded(f"UPDATE journal_entry SET {column} = '{{}}' WHERE id = {third}")
    chain = chain_state()
    assert (chain.broken_at, chain.why, chain.lines) == (third, "altered", 2)


def test_a_line_altered_with_its_seal_breaks_the_next() -> None:
    wrote(4)
    second, third = numbers()[1:3]
    unguarded(f"UPDATE journal_entry SET seal = '{'7' * 64}' WHERE id = {second}")
    assert chain_state().broken_at == second
    assert third != second


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_line_after_a_removed_one_is_named(place: int) -> None:
    wrote(4)
    gone, following = numbers()[place : place + 2]
    unguarded(f"DELETE FROM journal_entry WHERE id = {gone}")
    chain = chain_state()
    assert (chain.broken_at, chain.why) == (following, "broken")


def test_lines_put_in_another_order_are_named() -> None:
    wrote(4)
    first, second = numbers()[1:3]
    unguarded(
        f"UPDATE journal_entry SET id = 999999 WHERE id = {first}",
        f"UPDATE journal_entry SET id = {first} WHERE id = {second}",
        f"UPDATE journal_entry SET id = {second} WHERE id = 999999",
    )
    chain = chain_state()
    assert (chain.broken_at, chain.why) == (first, "broken")


def test_a_journal_cut_at_its_end_lacks_the_seal_that_was_kept_elsewhere() -> None:
    wrote(4)
    number, kept = journal_head()
    assert chain_state(kept).holds
    unguarded(f"DELETE FROM journal_entry WHERE id = {number}")
    assert chain_state().holds
    assert not chain_state(kept).holds


def test_lines_are_sought_by_act_actor_object_and_day() -> None:
    wrote(3)
    record("other.happened", to="thing:1", by="account:4", at=NOON.replace(day=25))
    sought = {
        JournalFilter(): 4,
        JournalFilter(actions=("tests.happened",)): 3,
        JournalFilter(by=("account:4",)): 1,
        JournalFilter(to=("thing:1",)): 2,
        JournalFilter(since=NOON.replace(day=25)): 1,
        JournalFilter(until=NOON.replace(day=25)): 3,
    }
    assert {one: journal_page(one, first=0, count=2)[1] for one in sought} == sought
    page, _ = journal_page(JournalFilter(), first=0, count=2)
    assert [line.to for line in page] == ["thing:1", "thing:2"]
