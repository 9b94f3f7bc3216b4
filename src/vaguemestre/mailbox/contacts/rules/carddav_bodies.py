"""Checks of CardDAV request bodies (RFC 6352), before Radicale parses them."""

import re
from xml.parsers import expat

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.rules import vcards

MAX_ELEMENTS = 100  # in a query, card addresses (href) not counted; programs ask for some forty properties
_HREF = "DAV: href"
_FOLD = re.compile(rb"\r?\n[ \t]")


def check_query(body: bytes) -> None:
    """Check the XML of a PROPFIND, a REPORT or a change of properties.

    Raises Refusal `contacts.query-unreadable` (for a DTD, whose entities could expand without end, and for an
    address without text, which Radicale cannot read), `contacts.query-too-long`.
    """
    try:
        _Query().parser.Parse(body, True)  # noqa: FBT003 (no keywords there)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Refusal("contacts.query-unreadable") from error


class _Query:
    """What a query is made of, as it is read."""

    def __init__(self) -> None:
        self._count, self._address = 0, ""
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._begin
        self.parser.CharacterDataHandler = self._read
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse

    def _begin(self, name: str, _: dict[str, str]) -> None:
        self._address = ""
        self._count += name != _HREF
        if self._count > MAX_ELEMENTS:
            raise Refusal("contacts.query-too-long", most=MAX_ELEMENTS)

    def _read(self, text: str) -> None:
        self._address = self._address or text.strip()

    def _end(self, name: str) -> None:
        if name == _HREF and not self._address:
            self._refuse()

    def _refuse(self, *_: object) -> None:
        raise Refusal("contacts.query-unreadable")


def checked_card(body: bytes) -> bytes:
    """The card with its folded lines joined here, because vobject joins them in quadratic time.

    Raises the refusals of `vcards.check_weight`.
    """
    vcards.check_weight(body.decode("utf-8", "replace"))
    return body if vcards.is_quoted_printable(body.decode("ascii", "replace")) else _FOLD.sub(b"", body)
