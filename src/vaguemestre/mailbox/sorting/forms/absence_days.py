"""Texts of an absence follow its days: those they mention are the days that the form has now."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import QueryDict

from vaguemestre.foundation.kernel.times import parse_near_day
from vaguemestre.mailbox.sorting.rules.reply_templates import Days, with_days

_TEXTS = ("internal_text", "external_text")


def following_days(data: QueryDict) -> QueryDict:
    """The form as typed, its texts with the days typed instead of those they were written for."""
    changes = texts_of_days(data, former_days(data))
    if not changes:
        return data
    followed = data.copy()
    for name, text in changes.items():
        followed[name] = text
    return followed


def texts_of_days(fields: Mapping[str, Any], former: Days) -> dict[str, str]:
    """The texts that mention other days than `fields` has, with its days."""
    days = days_of(fields)
    typed = {name: str(fields.get(name) or "") for name in _TEXTS}
    new = {name: with_days(text, former, days) for name, text in typed.items()}
    return {name: text for name, text in new.items() if text != typed[name]}


def former_days(data: Mapping[str, Any]) -> Days:
    """The days that the texts were written for, as the page that was sent has them."""
    return days_of({name: data.get(f"text_{name}") for name in ("starts_on", "ends_on")})


def days_of(fields: Mapping[str, Any]) -> Days:
    """First and last day of an absence as typed; None for what is no day."""
    return Days(day_or_none(fields.get("starts_on")), day_or_none(fields.get("ends_on")))


def day_or_none(typed: Any) -> date | None:
    """The day that was typed, if it is one."""
    if isinstance(typed, date):
        return typed
    try:
        return parse_near_day(str(typed or ""))
    except ValueError:
        return None
