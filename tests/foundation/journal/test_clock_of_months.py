"""Neither a false month seal nor a false date makes lines of the journal go early, or holds up sealing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.foundation.journal.chain import (
    KEPT,
    PRESENT,
    installed,
    month_ago,
    sealed_journal,
    unguarded,
    wrote,
)

from vaguemestre.foundation.journal.chain import (
    _delete_lines,
    erase_expired_months,
    seal_entries,
    seal_months,
)
from vaguemestre.foundation.journal.models import Entry, EntrySeal, MonthSeal
from vaguemestre.foundation.journal.rules import GENESIS, MonthFacts, month_seal
from vaguemestre.foundation.journal.verification import Flaw, chain_state
from vaguemestre.foundation.kernel.times import months_after

pytestmark = pytest.mark.django_db
LONG_AGO = date(2000, 1, 1)


def false_month(month: date, last: int, *, first: int = 1) -> MonthSeal:
    """The seal that a taken worker would write to have lines erased today."""
    head = EntrySeal.objects.get(number=last).seal if last else GENESIS
    facts = MonthFacts(month, first, last, head, months_after(month, 7))
    return MonthSeal(seal=month_seal(GENESIS, facts), **facts._asdict())


def is_refused(month: MonthSeal) -> bool:
    try:
        with transaction.atomic():
            month.save(force_insert=True)
    except DatabaseError:
        return True
    return False


def first_of(moment_months_ago: int) -> date:
    return month_ago(moment_months_ago).date().replace(day=1)


def test_a_month_seal_over_lines_younger_than_the_month_is_refused() -> None:
    wrote(3, month_ago(1))
    seal_entries(now=month_ago(1))
    assert is_refused(false_month(LONG_AGO, 3))
    assert not is_refused(false_month(first_of(1), 3))


def test_no_seal_is_dated_or_numbered_before_the_last_one() -> None:
    """A taken worker would make lines of nine months count as older, and have them erased."""
    wrote(1, month_ago(10))
    seal_entries(now=month_ago(10))
    wrote(1, month_ago(9))
    entry = Entry.objects.order_by("-pk")[0]
    for number, sealed_at in ((2, month_ago(20)), (1, month_ago(9)), (0, month_ago(9))):
        with pytest.raises(DatabaseError), transaction.atomic():
            EntrySeal.objects.bulk_create(
                [EntrySeal(number=number, entry=entry, seal="0" * 64, sealed_at=sealed_at)]
            )
    assert EntrySeal.objects.count() == 1


def test_a_clock_that_goes_back_does_not_stop_sealing() -> None:
    wrote(1, month_ago(1))
    seal_entries(now=month_ago(1))
    wrote(3, month_ago(2))
    assert seal_entries(now=month_ago(2)) == 3
    assert EntrySeal.objects.latest("number").sealed_at == month_ago(1)
    assert chain_state(now=PRESENT).holds


def test_a_month_that_is_not_over_is_not_sealed() -> None:
    wrote(3, month_ago(0))
    seal_entries(now=month_ago(0))
    month = datetime.now(UTC).date().replace(day=1)  # PRESENT may be of the one before, at midnight
    assert is_refused(false_month(month, 3))


def test_a_month_covers_lines_that_are_sealed_and_follow_the_month_before() -> None:
    wrote(3, month_ago(2))
    seal_entries(now=month_ago(2))
    beyond, inside = false_month(first_of(1), 3), false_month(first_of(1), 3, first=2)
    beyond.last = 900
    assert is_refused(beyond)
    assert is_refused(inside)
    assert not is_refused(false_month(first_of(2), 2))
    assert is_refused(false_month(first_of(3), 3, first=3))


def test_a_line_of_less_than_six_months_stays_whatever_the_seal_of_its_month_says() -> None:
    wrote(2, month_ago(3))
    seal_entries(now=month_ago(3))
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER journal_monthseal_time")
        else:
            cursor.execute("ALTER TABLE journal_monthseal DISABLE TRIGGER journal_monthseal_time")
    false_month(LONG_AGO, 2).save(force_insert=True)
    _delete_lines(1, 2, PRESENT.date())
    assert Entry.objects.count() == 2
    assert erase_expired_months(now=PRESENT) == 0
    if connection.vendor == "sqlite":
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM journal_entry")


def test_verification_names_a_false_first_month_before_and_after_its_lines_are_gone() -> None:
    """A new installation has sealed no month: nothing else tells."""
    wrote(3, month_ago(1))
    seal_entries(now=month_ago(1))
    unguarded()
    _without_clock()
    false_month(LONG_AGO, 3).save(force_insert=True)
    chain = chain_state(now=PRESENT)
    assert (chain.holds, chain.why) == (False, Flaw.MONTH)
    unguarded("DELETE FROM journal_entry", "DELETE FROM journal_entryseal")
    chain = chain_state(now=PRESENT)
    assert (chain.holds, chain.why, chain.broken_at) == (False, Flaw.MONTH, 1)


def test_verification_names_a_month_that_is_kept_too_short() -> None:
    wrote(3, month_ago(1))
    seal_entries(now=month_ago(1))
    unguarded()
    _without_clock()
    month = false_month(first_of(1), 3)
    facts = MonthFacts(month.month, 1, 3, month.head, months_after(month.month, 2))
    MonthSeal(seal=month_seal(GENESIS, facts), **facts._asdict()).save(force_insert=True)
    assert chain_state(now=PRESENT).why == Flaw.MONTH


def _without_clock() -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER journal_monthseal_time")


@pytest.mark.parametrize("days_off", [-30_000, 20, 30_000])
def test_a_line_of_a_false_date_holds_up_no_month_and_no_erasure(days_off: int) -> None:
    installed(15)
    at = month_ago(15)
    wrote(1, at + timedelta(days=days_off))
    wrote(2, at)
    seal_entries(now=at)
    wrote(1, PRESENT)
    seal_entries(now=PRESENT)
    assert seal_months(KEPT, now=PRESENT) == 1
    assert MonthSeal.objects.get().month == first_of(15)
    erase_expired_months(now=PRESENT)
    assert not Entry.objects.filter(at=at).exists()
    assert sealed_journal(now=PRESENT).holds


def test_lines_that_stay_amid_an_erased_month_leave_a_journal_that_holds() -> None:
    installed(15)
    at = month_ago(15)
    for moment in (at, at + timedelta(days=30_000), at):
        wrote(2, moment)
    seal_entries(now=at)
    wrote(2, month_ago(1))
    seal_entries(now=month_ago(1))
    assert seal_months(KEPT, now=PRESENT) == 2
    assert erase_expired_months(now=PRESENT) == 4
    chain = sealed_journal(now=PRESENT)
    assert (chain.holds, chain.erased) == (True, 4)
    assert Entry.objects.get(action="journal.month-erased").details["lines"] == 4
    assert erase_expired_months(now=PRESENT) == 0
