"""How large a report may be. Anybody may send one: whatever goes beyond is left unread."""

import re
from datetime import UTC, datetime, timedelta

from vaguemestre.desks.domainreports.values import Span

MAX_MESSAGE_BYTES = 10_000_000
MAX_UNPACKED_BYTES = 20_000_000  # of all the files of a message
MAX_FILES = 10
MAX_RECORDS = 20_000
MAX_ELEMENTS = 300_000  # of all the files of a message
MAX_POLICIES = 20
MAX_DETAILS = 500
MAX_COUNT = 2_000_000_000  # messages of one record, sessions of one failure
_MAX_SPAN = timedelta(days=32)
_OLDEST = timedelta(days=400)
_AHEAD = timedelta(days=2)
_DOMAIN = re.compile(r"^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$")


class UnreadableReport(Exception):
    """Not a report, a damaged one, or one beyond the limits. `reason`: a word for the page."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def text_of(value: object, most: int) -> str:
    """One line of printable text, cut."""
    text = value if isinstance(value, str) else ""
    return " ".join("".join(char if char.isprintable() else " " for char in text[: 4 * most]).split())[:most]


def domain_of(value: object) -> str:
    """A domain name in lower case, or "" if it is none."""
    name = text_of(value, 254).lower().rstrip(".")
    return name if _DOMAIN.match(name) else ""


def registered_domain(address: str) -> str:
    """The last two labels of its domain: as many names below a domain as one likes cost nothing."""
    return ".".join(address.rpartition("@")[2].lower().rstrip(".").split(".")[-2:])[:253]


def count_of(value: object) -> int:
    """A number of messages or sessions. Raises UnreadableReport."""
    digits = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"[0-9]{1,10}", digits, re.ASCII) or int(digits) > MAX_COUNT:
        raise UnreadableReport("count")
    return int(digits)


def span_of(organisation: object, report_id: object, begins_at: datetime, ends_at: datetime) -> Span:
    """Raises UnreadableReport without a name or a number, or for a span no report has."""
    name, number = text_of(organisation, 100), text_of(report_id, 250)
    if not name or not number:
        raise UnreadableReport("nameless")
    if not timedelta() <= ends_at - begins_at <= _MAX_SPAN:
        raise UnreadableReport("dates")
    return Span(name, number, begins_at, ends_at)


def is_timely(span: Span, now: datetime) -> bool:
    """Whether a report is about a time that we still keep, and that has been."""
    return now - _OLDEST <= span.begins_at and span.ends_at <= now + _AHEAD


def moment_of(seconds: object) -> datetime:
    """A moment given in seconds since 1970. Raises UnreadableReport."""
    return datetime.fromtimestamp(count_of(seconds), UTC)
