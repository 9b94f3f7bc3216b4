"""The journal is written once, in order, and never rewritten before the end of its time."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.foundation.journal.chain import (
    KEPT,
    NOON,
    PRESENT,
    installed,
    lived,
    month_ago,
    sealed_journal,
    unguarded,
    wrote,
)

from vaguemestre.foundation.journal.chain import (
    MAX_TRANSACTION_DURATION,
    erase_expired_months,
    last_seal,
    seal_entries,
    seal_months,
)
from vaguemestre.foundation.journal.models import Entry, EntrySeal, MonthSeal
from vaguemestre.foundation.journal.queries import JournalFilter, journal_page
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.verification import Flaw, chain_state

pytestmark = pytest.mark.django_db


def sealed(count: int) -> None:
    wrote(count)
    assert seal_entries(now=NOON) == count


def test_an_honest_journal_has_no_broken_entry() -> None:
    wrote(5)
    chain = chain_state(now=NOON)
    assert (chain.holds, chain.lines, chain.waiting) == (True, 0, 5)
    chain = sealed_journal(now=NOON)
    assert (chain.holds, chain.lines, chain.waiting) == (True, 5, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET action = 'x'",
        "DELETE FROM journal_entry",
        "UPDATE journal_entryseal SET seal = 'x'",
        "DELETE FROM journal_entryseal",
        "UPDATE journal_monthseal SET head = 'x'",
        "DELETE FROM journal_monthseal",
    ],
)
def test_the_database_refuses_to_change_what_is_written(statement: str) -> None:
    installed(2)
    wrote(2, NOON - timedelta(days=40))
    seal_entries(now=NOON)
    assert seal_months(KEPT, now=NOON) == 1
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert chain_state(now=NOON).lines == 2


def test_no_seal_of_a_month_lets_its_lines_go_before_six_months() -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        MonthSeal.objects.create(
            month=date(2026, 1, 1),
            first=1,
            last=9,
            head="0" * 64,
            expires_on=date(2026, 7, 31),
            seal="0" * 64,
        )


def removing(line: int) -> tuple[str, str]:
    return (
        f"DELETE FROM journal_entry WHERE id = {line}",
        f"DELETE FROM journal_entryseal WHERE entry_id = {line}",
    )


def numbers() -> list[int]:
    return list(Entry.objects.order_by("id").values_list("pk", flat=True))


@pytest.mark.parametrize("column", ["action", '"by"', '"to"', "details"])
def test_an_altered_line_is_named(column: str) -> None:
    sealed(4)
    third = numbers()[2]
    unguarded(f"UPDATE journal_entry SET {column} = '{{}}' WHERE id = {third}")
    chain = chain_state(now=NOON)
    assert (chain.broken_at, chain.why, chain.lines) == (third, Flaw.ALTERED, 2)


def test_a_line_altered_with_its_seal_is_named_too() -> None:
    sealed(4)
    second = numbers()[1]
    unguarded(f"UPDATE journal_entryseal SET seal = '{'7' * 64}' WHERE entry_id = {second}")
    assert chain_state(now=NOON).broken_at == second


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_removed_line_is_named(place: int) -> None:
    sealed(4)
    gone = numbers()[place]
    unguarded(f"DELETE FROM journal_entry WHERE id = {gone}")
    chain = chain_state(now=NOON)
    assert (chain.broken_at, chain.why) == (gone, Flaw.REMOVED)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_line_after_one_removed_with_its_seal_is_named(place: int) -> None:
    sealed(4)
    gone, following = numbers()[place : place + 2]
    unguarded(*removing(gone))
    chain = chain_state(now=NOON)
    assert (chain.broken_at, chain.why) == (following, Flaw.BROKEN)


def test_lines_put_in_another_order_are_named() -> None:
    sealed(4)
    first, second = numbers()[1:3]
    unguarded(
        f"UPDATE journal_entry SET id = 999999 WHERE id = {first}",
        f"UPDATE journal_entry SET id = {first} WHERE id = {second}",
        f"UPDATE journal_entry SET id = {second} WHERE id = 999999",
    )
    chain = chain_state(now=NOON)
    assert (chain.broken_at, chain.why) == (first, Flaw.ALTERED)


def test_a_line_that_no_round_will_seal_is_named() -> None:
    sealed(2)
    later = NOON + MAX_TRANSACTION_DURATION + timedelta(minutes=1)
    wrote(1, later)
    assert seal_entries(now=later) == 1
    Entry.objects.create(pk=-6, action="tests.forged", by="cli", to="thing:1", at=NOON, details={})
    assert seal_entries(now=later) == 0
    chain = chain_state(now=later)
    assert (chain.broken_at, chain.why) == (-6, Flaw.ADDED)


def test_a_line_committed_late_is_sealed_by_the_next_round() -> None:
    """Numbers of lines are taken before their commit: a lower one may appear after a higher one is sealed."""
    Entry.objects.create(pk=10, action="tests.happened", by="cli", to="thing:1", at=NOON, details={})
    assert seal_entries(now=NOON) == 1
    Entry.objects.create(pk=9, action="tests.happened", by="cli", to="thing:2", at=NOON, details={})
    assert seal_entries(now=NOON + timedelta(minutes=30)) == 1
    assert list(EntrySeal.objects.order_by("number").values_list("number", "entry_id")) == [(1, 10), (2, 9)]
    assert chain_state(now=NOON).holds


def test_a_line_left_uncommitted_while_the_sealer_is_stopped_is_sealed_later() -> None:
    wrote(1, NOON - MAX_TRANSACTION_DURATION)
    seal_entries(now=NOON - MAX_TRANSACTION_DURATION)
    Entry.objects.create(pk=102, action="tests.happened", by="cli", to="thing:1", at=NOON, details={})
    assert seal_entries(now=NOON) == 1
    Entry.objects.create(pk=101, action="tests.happened", by="cli", to="thing:2", at=NOON, details={})
    after_the_stop = NOON + MAX_TRANSACTION_DURATION + timedelta(hours=6)
    assert (chain_state(now=after_the_stop).holds, chain_state(now=after_the_stop).waiting) == (True, 1)
    assert seal_entries(now=after_the_stop) == 1
    assert chain_state(now=after_the_stop).holds


def test_a_journal_cut_at_its_end_lacks_the_seal_that_was_kept_elsewhere() -> None:
    sealed(4)
    kept = last_seal().seal
    assert chain_state(kept, now=NOON).holds
    gone = numbers()[-1]
    unguarded(*removing(gone))
    assert chain_state(now=NOON).holds
    assert not chain_state(kept, now=NOON).holds


# Months.


def test_a_month_is_sealed_once_over_and_says_when_its_lines_may_go() -> None:
    lived(2, 1, 0)
    rows = list(MonthSeal.objects.order_by("month").values_list("month", "first", "last", "expires_on"))
    assert rows == [
        (month_ago(2).date().replace(day=1), 1, 3, month_ago(1 - KEPT).date().replace(day=1)),
        (month_ago(1).date().replace(day=1), 4, 6, month_ago(-KEPT).date().replace(day=1)),
    ]
    assert chain_state(now=PRESENT).lines == 9


def test_what_goes_after_its_time_leaves_a_journal_that_holds() -> None:
    lived(15, 14, 1, 0)
    last_of_15 = MonthSeal.objects.order_by("month")[0].head
    assert chain_state(now=PRESENT).lines == 12
    assert erase_expired_months(now=PRESENT) == 6
    assert Entry.objects.filter(at__lt=month_ago(13)).count() == 0
    chain = sealed_journal(now=PRESENT)
    assert (chain.holds, chain.lines, chain.erased) == (True, 8, 6)  # with two lines that say it
    erased = Entry.objects.filter(action="journal.month-erased").order_by("pk")
    assert [entry.details["lines"] for entry in erased] == [3, 3]
    assert chain_state(last_of_15, now=PRESENT).holds  # the last seal of an erased month is still known
    assert erase_expired_months(now=PRESENT) == 0


def test_nothing_goes_before_its_time() -> None:
    lived(12, 1, 0)
    assert erase_expired_months(now=PRESENT) == 0
    assert chain_state(now=PRESENT).lines == 9


def test_an_erasure_that_was_interrupted_leaves_a_journal_that_holds_and_goes_on() -> None:
    lived(15, 1, 0)
    first = EntrySeal.objects.get(number=1).entry_id
    unguarded(f"DELETE FROM journal_entry WHERE id = {first}")
    assert chain_state(now=PRESENT).holds
    unguarded("DELETE FROM journal_entryseal WHERE number = 1")
    assert (chain_state(now=PRESENT).holds, chain_state(now=PRESENT).erased) == (True, 1)
    assert erase_expired_months(now=PRESENT) == 2
    assert sealed_journal(now=PRESENT).holds


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_monthseal SET head = seal WHERE first = 4",
        "UPDATE journal_monthseal SET expires_on = '2020-01-01' WHERE first = 4",
        "UPDATE journal_monthseal SET last = 7 WHERE first = 4",
        "DELETE FROM journal_monthseal WHERE first = 1",
    ],
)
def test_a_month_whose_seal_was_changed_is_named(statement: str) -> None:
    lived(3, 2, 1, 0)
    unguarded(statement)
    chain = chain_state(now=PRESENT)
    assert (chain.holds, chain.why) == (False, Flaw.MONTH)


def test_a_month_taken_away_before_its_time_is_named() -> None:
    lived(3, 2, 1, 0)
    unguarded(
        "DELETE FROM journal_entry WHERE id IN"
        " (SELECT entry_id FROM journal_entryseal WHERE number BETWEEN 4 AND 6)",
        "DELETE FROM journal_entryseal WHERE number BETWEEN 4 AND 6",
    )
    chain = chain_state(now=PRESENT)
    assert (chain.holds, chain.why, chain.lines) == (False, Flaw.BROKEN, 3)


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
