"""Numbers of an .xlsx as the sheet shows them in French: dates, times, percentages, masks of digits."""

import re
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import NamedTuple

from vaguemestre.foundation.kernel.text.french_dates import hour_fr

_DATE_IDS = {*map(str, (14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)))}  # ECMA-376 §18.8.30
_TIME_IDS = {*map(str, (18, 19, 20, 21, 22, 45, 46, 47))}
_PERCENT_IDS = {"9", "10"}
_TWO_DECIMALS_IDS, _GROUPED_IDS = {"2", "4", "10", "39", "40"}, {"3", "4", "37", "38", "39", "40"}
_DECIMALS = re.compile(r"0\.(0+)(?![#0?])")
_ASIDE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')  # literals, paddings, colours, languages
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_MAX_DIGITS, _MAX_DECIMALS = 15, 10  # together within the precision of Decimal
_MASK = re.compile(r"[0#][0# .\-/]+")  # telephones, post codes: digits at their places
_DAY_ZERO, _DAY_ZERO_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - a day of no zone
_LAST_DAY = 2_958_465  # 31/12/9999


class CellFormat(NamedTuple):
    is_date: bool = False
    is_time: bool = False
    is_percent: bool = False
    mask: str = ""  # `00000`: 1400 is shown 01400
    decimals: int | None = None  # always that many; None: as many as there are
    is_grouped: bool = False  # by thousands
    is_euro: bool = False


_PLAIN = CellFormat()


def format_of(number: str, code: str) -> CellFormat:
    """Format of that number in the standard, or of that code when the workbook has one of its own."""
    if not code:
        decimals = 2 if number in _TWO_DECIMALS_IDS else None
        kinds = number in _DATE_IDS, number in _TIME_IDS, number in _PERCENT_IDS
        return CellFormat(*kinds, decimals=decimals, is_grouped=number in _GROUPED_IDS)
    code = code.partition(";")[0]
    letters = _ASIDE.sub("", code).lower()
    is_time = "h" in letters or "ss" in letters or "[h" in code.lower()
    is_date = "d" in letters or "y" in letters or ("m" in letters and not is_time)
    mask = _LITERAL.sub(lambda match: match[1] or match[2] or "", code)
    is_mask = "." not in letters and bool(_MASK.fullmatch(mask))  # a bare point is that of decimals
    match = _DECIMALS.search(letters)
    return CellFormat(
        is_date,
        is_time,
        "%" in letters,
        mask if is_mask else "",
        decimals=min(len(match[1]), _MAX_DECIMALS) if match else None,
        is_grouped="#,##0" in letters,
        is_euro="€" in code,
    )


def format_cell(text: str, form: CellFormat, *, since_1904: bool) -> str:
    """The number of a cell as a French sheet shows it."""
    try:
        value = Decimal(text)
        value = Decimal(f"{value:.15g}")  # what Excel keeps: 0.30000000000000004 is 0.3
    except InvalidOperation:
        return text
    if not value.is_finite() or abs(value.adjusted()) > 30:
        return text
    if form.is_date or form.is_time:
        return _moment(value, form, since_1904=since_1904) or _decimal(value)
    if form.is_percent:
        return f"{_decimal(value * 100, form)} %"
    if form.mask and value == value.to_integral_value() and value >= 0:
        return _masked(str(int(value)), form.mask)
    return _decimal(value, form) + (" €" if form.is_euro else "")


def _decimal(value: Decimal, form: CellFormat = _PLAIN) -> str:
    group = "," if form.is_grouped else ""
    if form.decimals is None or value.adjusted() > _MAX_DIGITS:
        text = f"{value:{group}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        text = f"{value.quantize(Decimal(1).scaleb(-form.decimals), ROUND_HALF_UP):{group}f}"
    return text.replace(",", " ").replace(".", ",")


def _moment(value: Decimal, form: CellFormat, *, since_1904: bool) -> str:
    if not 0 <= value <= _LAST_DAY:
        return ""
    minutes = round(value * 24 * 60)
    if form.is_time and not form.is_date:  # a length of a day or more is none of a clock
        is_clock = minutes < 24 * 60
        return hour_fr(time(minutes // 60, minutes % 60)) if is_clock else _length(minutes)
    try:
        moment = (_DAY_ZERO_1904 if since_1904 else _DAY_ZERO) + timedelta(minutes=minutes)
    except OverflowError:
        return ""
    return f"{moment:%d/%m/%Y} {hour_fr(moment.time())}" if form.is_time else f"{moment:%d/%m/%Y}"


def _length(minutes: int) -> str:
    """A length in the words of an hour: `26 h 03`."""
    return f"{minutes // 60} h {minutes % 60:02}" if minutes % 60 else f"{minutes // 60} h"


def _masked(digits: str, mask: str) -> str:
    """The digits from the right at the places of the mask; those that it has no place for come first."""
    output: list[str] = []
    for place in reversed(mask):
        if place not in "0#":
            output.append(place)
        elif digits:
            output.append(digits[-1])
            digits = digits[:-1]
        elif place == "0":
            output.append("0")
    return digits + "".join(reversed(output)).strip()
