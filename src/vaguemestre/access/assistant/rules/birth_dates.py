"""Parsing of birth dates in any usual notation."""

import re
from datetime import date

from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.foundation.kernel.times import NoSuchDay, parse_day

_MONTHS = (
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
)
_MIN_AGE_YEARS = 14  # of an employee: « 13 » means 1913, and 2013 from 2027 on


def birth_date(typed: str, *, today: date) -> date:
    """Parse `03/09/1985`, `3-9-85`, `03091985`, `1985-09-03` or « 3 septembre 1985 ».

    Raises NoSuchDay (a ValueError) for a day that does not exist, ValueError for anything else.
    """
    text = without_accents(typed)
    for number, month in enumerate(_MONTHS, 1):
        text = re.sub(rf"\b{month}\b", f" {number} ", text)
    text = re.sub(r"\b1er\b", "1", text)
    pieces = re.findall(r"\d+", text)
    if re.search(r"[^\W\d_]", text):
        raise ValueError(f"no date: {typed}")
    if len(pieces) == 1 and len(pieces[0]) == 8:
        pieces = _split_digits(pieces[0])
    if len(pieces) == 3 and len(pieces[2]) == 2 and len(pieces[0]) <= 2:
        pieces[2] = _full_year(pieces[2], today)
    try:
        return parse_day("/".join(pieces))
    except NoSuchDay:
        raise
    except ValueError as error:
        raise ValueError(f"no date: {typed}") from error


def _split_digits(digits: str) -> list[str]:
    """Split DDMMYYYY, or YYYYMMDD if only that makes sense."""
    if digits[:2] in ("19", "20") and int(digits[2:4]) > 12:
        return [digits[:4], digits[4:6], digits[6:]]
    return [digits[:2], digits[2:4], digits[4:]]


def _full_year(short: str, today: date) -> str:
    recent = 2000 + int(short)
    return str(recent if recent <= today.year - _MIN_AGE_YEARS else recent - 100)
