"""Time zones that calendars define. Whoever writes a calendar writes the rules of its zones.

icalendar has dateutil step through such a rule, from its first day to the event's, whenever an event's offset
is asked for: every second since 1900 takes hours, and a rule that names no day never ends.
"""

import re
from datetime import tzinfo
from typing import Any

from icalendar.timezone.zoneinfo import ZONEINFO

_MAX_RULES = 12  # of one zone; those of Outlook, Google and Apple have two to four
_MAX_MONTH_DAYS = 7  # « the Sunday from the 8th to the 14th »
_KEYS = frozenset(
    ("FREQ", "INTERVAL", "UNTIL", "COUNT", "WKST", "BYMONTH", "BYDAY", "BYMONTHDAY", "BYHOUR", "BYMINUTE")
)
_SHORTEST_MONTH = 28  # days
_MONTHS = 12
_DAY_OF_WEEKS = re.compile("MO|TU|WE|TH|FR|SA|SU")
_DAY_OF_MONTH = re.compile("[+-]?[1-5]?(?:MO|TU|WE|TH|FR|SA|SU)")


class PlainZones(ZONEINFO):
    """icalendar's own provider, for zones that change once in a year, as every zone does."""

    def create_timezone(self, tz: Any) -> tzinfo:  # type: ignore[override]  # as ZONEINFO has it
        """Raises ValueError for rules that would take long to step through."""
        changes = [part for part in tz.walk() if part.name != "VTIMEZONE"]
        rules = [change["RRULE"] for change in changes if "RRULE" in change]
        is_plain = all("EXRULE" not in change for change in changes) and all(map(_is_yearly, rules))
        if len(rules) > _MAX_RULES or not is_plain:
            raise ValueError("the zone's rules are not those of a zone")
        return super().create_timezone(tz)


def _is_yearly(rule: Any) -> bool:
    """Whether the rule names one day of each year, or of every few. Several rules come as a list."""
    if isinstance(rule, list) or not set(map(str.upper, rule)) <= _KEYS:
        return False
    values = {name.upper(): given if isinstance(given, list) else [given] for name, given in rule.items()}
    days = values.pop("BYMONTHDAY", [])
    if any(len(given) != 1 for given in values.values()) or len(days) > _MAX_MONTH_DAYS:
        return False
    is_each_year = values["FREQ"] == ["YEARLY"] and int(values.get("INTERVAL", [1])[0]) >= 1
    return is_each_year and _is_in_each_year(values.get("BYMONTH"), values.get("BYDAY"), days)


def _is_in_each_year(month: list[Any] | None, weekday: list[Any] | None, days: list[Any]) -> bool:
    """Whether there is such a day: no 30 February, nor a sixth Sunday."""
    if month is None:
        return weekday is None and not days
    is_day = weekday is None or (_DAY_OF_WEEKS if days else _DAY_OF_MONTH).fullmatch(str(weekday[0]).upper())
    is_date = not days or any(1 <= abs(int(day)) <= _SHORTEST_MONTH for day in days)
    return 1 <= int(month[0]) <= _MONTHS and bool(is_day) and is_date
