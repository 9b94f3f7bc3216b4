"""Seals of entries and of months: SHA-256 over canonical JSON and the previous seal."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import NamedTuple

GENESIS = "0" * 64


def seal(previous: str, *, at: datetime, action: str, by: str, to: str, details: Mapping[str, object]) -> str:
    """64 hexadecimal digits. `at` is aware; seconds and microseconds count."""
    text = json.dumps(
        [previous, at.astimezone(UTC).isoformat(), action, by, to, details],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()


class MonthFacts(NamedTuple):
    """What the seal of a month covers. `first`, `last`: numbers; `head`: the seal of the last."""

    month: date
    first: int
    last: int
    head: str
    expires_on: date


def month_seal(previous: str, facts: MonthFacts) -> str:
    """The seal of a month: 64 hexadecimal digits, over its facts and the seal of the previous month."""
    values = (previous, *(value if isinstance(value, (int, str)) else value.isoformat() for value in facts))
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def month_of(moment: datetime) -> date:
    """The first day of the month of an aware moment, in UTC."""
    return moment.astimezone(UTC).date().replace(day=1)


def beginning_of(month: date) -> datetime:
    """The first moment of a month, in UTC."""
    return datetime(month.year, month.month, 1, tzinfo=UTC)
