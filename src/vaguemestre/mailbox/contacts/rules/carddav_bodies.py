"""Checks of CardDAV request bodies (RFC 6352), before Radicale parses them."""

import re
from xml.parsers import expat

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.rules import vcards

MOST_ELEMENTS = 100  # in a query, card addresses (href) not counted; programs ask for some forty properties
_HREF = "DAV: href"
_FOLD = re.compile(rb"\r?\n[ \t]")


def check_query(body: bytes) -> None:
    """Check the XML of a PROPFIND, a REPORT or a change of properties.

    Raises Refusal `contacts.query-unreadable` (also for a DTD, whose entities could expand without end),
    `contacts.query-too-long`.
    """
    parser, count = expat.ParserCreate(namespace_separator=" "), 0

    def count_element(name: str, _: dict[str, str]) -> None:
        nonlocal count
        count += name != _HREF
        if count > MOST_ELEMENTS:
            raise Refusal("contacts.query-too-long", most=MOST_ELEMENTS)

    def refuse(*_: object) -> None:
        raise Refusal("contacts.query-unreadable")

    parser.StartElementHandler = count_element
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(body, True)  # noqa: FBT003 (no keywords there)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Refusal("contacts.query-unreadable") from error


def checked_card(body: bytes) -> bytes:
    """The card with its folded lines joined here, because vobject joins them in quadratic time.

    Raises the refusals of `vcards.check_weight`.
    """
    vcards.check_weight(body.decode("utf-8", "replace"))
    return body if vcards.is_quoted_printable(body.decode("ascii", "replace")) else _FOLD.sub(b"", body)
