"""The chain of the journal: seals of entries and of months, and erasure of months past their retention.

One process at a time seals and erases; writers never wait for it (ADR 0038).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Exists, Min, OuterRef, QuerySet
from django.db.models.functions import Least

from vaguemestre.foundation.journal.models import Entry, EntrySeal, MonthSeal
from vaguemestre.foundation.journal.rules import (
    GENESIS,
    MonthFacts,
    beginning_of,
    month_of,
    month_seal,
    seal,
)
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.times import months_after

# Entries become visible at commit: an unsealed one older than sealed ones is accepted for that long.
MAX_TRANSACTION_DURATION = timedelta(hours=2)
# The database seals no month that is not over by its own clock: ours may be ahead of it by that much.
_CLOCK_SKEW = timedelta(hours=1)
# The database erases no line younger than that, by the line's own date (trigger of migration 0004).
SHORTEST_RETENTION_MONTHS = 6
_COUNTED_AT = Least("entry__at", "sealed_at")  # an entry is never younger than its seal
_LOCK = 0x5641_4755  # advisory, on PostgreSQL: one sealer at a time
_BATCH = 2_000


class ChainHead(NamedTuple):
    """The end of the chain: how many entries were ever sealed, and the last seal (64 hexadecimal digits)."""

    number: int
    seal: str


def seal_entries(*, now: datetime) -> int:
    """Seal every unsealed entry. Returns the count; 0 if another process is sealing."""
    total = 0
    while count := _seal_batch(now):
        total += count
        if count < _BATCH:
            break
    return total


def unsealed_entries() -> QuerySet[Entry]:
    """Entries without a seal that may still get one: of the MAX_TRANSACTION_DURATION before the last round.

    Not before the present: while nobody seals, no entry becomes too old.
    """
    newest_first = EntrySeal.objects.order_by("-number")
    floor = 0
    if last_round := _last_round():
        sealed = newest_first.filter(sealed_at__lt=last_round - MAX_TRANSACTION_DURATION)
        floor = sealed.values_list("entry_id", flat=True).first() or 0
    return Entry.objects.filter(~Exists(EntrySeal.objects.filter(entry=OuterRef("pk"))), pk__gt=floor)


def _last_round() -> datetime | None:
    """When the last seal was made; None before the first."""
    return EntrySeal.objects.order_by("-number").values_list("sealed_at", flat=True).first()


@transaction.atomic(durable=True)
def _seal_batch(now: datetime) -> int:
    if not _take_sealer_lock():
        return 0
    number, previous = last_seal()
    seals, sealed_at = [], max(now, _last_round() or now)  # a clock may go back, seals do not
    for entry in unsealed_entries().order_by("pk")[:_BATCH]:
        number += 1
        previous = seal(
            previous, at=entry.at, action=entry.action, by=entry.by, to=entry.to, details=entry.details
        )
        seals.append(EntrySeal(number=number, entry=entry, seal=previous, sealed_at=sealed_at))
    EntrySeal.objects.bulk_create(seals, batch_size=500)
    return len(seals)


def last_seal() -> ChainHead:
    """The last sealed entry, even if its month is erased; (0, GENESIS) before the first."""
    head = EntrySeal.objects.order_by("-number").values_list("number", "seal").first()
    head = head or MonthSeal.objects.order_by("-month").values_list("last", "head").first()
    return ChainHead(*(head or (0, GENESIS)))


@transaction.atomic(durable=True)
def seal_months(months_kept: int, *, now: datetime) -> int:
    """Seal the months that are over, to be erased `months_kept` months after their end. Returns the count.

    An entry sealed after the first one of a later month belongs to that month, and is kept longer. An entry
    dated after its own sealing counts as of that day: no wrong date holds up the months.
    """
    if not _take_sealer_lock():
        return 0
    before = MonthSeal.objects.order_by("-month").first()
    count = 0
    for facts in _months_over(before, months_kept, month_of(now - _CLOCK_SKEW)):
        before = MonthSeal.objects.create(
            seal=month_seal(before.seal if before else GENESIS, facts), **facts._asdict()
        )
        count += 1
    return count


def _months_over(before: MonthSeal | None, months_kept: int, present: date) -> Iterator[MonthFacts]:
    """Each month before `present` that has entries, from the first one without a seal."""
    first = before.last + 1 if before else 1
    earliest = months_after(before.month, 1) if before else first_month()
    while (opened_at := _sealed_from(first).values_list(_COUNTED_AT, flat=True).first()) is not None:
        month = max(month_of(opened_at), earliest)
        if month >= present:
            return
        following = months_after(month, 1)
        later = _sealed_from(first).alias(dated=_COUNTED_AT).filter(dated__gte=beginning_of(following))
        after = later.values_list("number", flat=True).first()
        lines = _sealed_from(first).filter(number__lt=after) if after else _sealed_from(first)
        last, head = lines.values_list("number", "seal").reverse()[0]
        yield MonthFacts(month, first, last, head, months_after(following, months_kept))
        first, earliest = last + 1, following


def first_month() -> date:
    """The month in which the tables of this installation were made: no month of its journal is older."""
    made_at = MigrationRecorder.Migration.objects.aggregate(made_at=Min("applied"))["made_at"]
    return month_of(made_at) if made_at else date.min


def _sealed_from(number: int) -> QuerySet[EntrySeal]:
    return EntrySeal.objects.filter(number__gte=number).order_by("number")


def erase_expired_months(*, now: datetime) -> int:
    """Delete the entries of months past their retention, a batch at a time. Returns the count.

    The database refuses to delete any other entry, and one whose own date is not six months old: that one
    stays until then. Each erasure is recorded with the seal of the month.
    """
    today, total = now.astimezone(UTC).date(), 0
    for month in MonthSeal.objects.filter(expires_on__lte=today).order_by("month"):
        while count := _erase_batch(month, today, now):
            total += count
    return total


@transaction.atomic(durable=True)
def _erase_batch(month: MonthSeal, today: date, now: datetime) -> int:
    seals_of_month = EntrySeal.objects.filter(number__range=(month.first, month.last)).order_by("number")
    young_since = beginning_of(months_after(today.replace(day=1), -SHORTEST_RETENTION_MONTHS))
    young = Entry.objects.filter(pk=OuterRef("entry_id"), at__gte=young_since)
    expired = seals_of_month.filter(~Exists(young))
    batch = list(expired.values_list("number", flat=True)[:_BATCH])
    if not batch or not _take_sealer_lock():
        return 0
    _delete_lines(batch[0], batch[-1], today)
    erased_count = len(batch) - expired.filter(number__lte=batch[-1]).count()
    if erased_count and not expired.exists():
        record(
            "journal.month-erased",
            to="journal",
            by="system",
            at=now,
            month=f"{month.month:%Y-%m}",
            seal=month.seal,
            lines=month.last - month.first + 1 - seals_of_month.count(),
        )
    return erased_count


def _delete_lines(first: int, last: int, today: date) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # no role may delete: the owner's function does
            cursor.execute("SELECT journal_erase(%s, %s, %s)", (first, last, today))
            return
        cursor.execute(
            "DELETE FROM journal_entry WHERE at < date('now', 'start of month', '-6 months') AND id IN"
            " (SELECT entry_id FROM journal_entryseal WHERE number BETWEEN %s AND %s)",
            (first, last),
        )
        cursor.execute(
            "DELETE FROM journal_entryseal WHERE number BETWEEN %s AND %s"
            " AND entry_id NOT IN (SELECT id FROM journal_entry)",
            (first, last),
        )


def _take_sealer_lock() -> bool:
    """Take the lock until the end of the transaction. Returns False if another process holds it."""
    if connection.vendor != "postgresql":
        return True  # SQLite has one writer at a time
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", (_LOCK,))
        return bool(cursor.fetchone()[0])
