"""Looking into one message: `mailstore.ports.Reads`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from vaguemestre.engines.imap.cache.page_cache import Letters
from vaguemestre.engines.imap.protocol import headers, parse
from vaguemestre.engines.imap.protocol.wire import TooSlow
from vaguemestre.engines.imap.store.session import OPENED, PATIENCE_BYTES, Session
from vaguemestre.post.mailstore.ports import MessageGone
from vaguemestre.post.mailstore.values import FIELDS, TEXT, MessageRef, OpenedMessage, Part

# Where the text of nearly every letter lies, asked together with its structure: it spares a question.
_LIKELY = ("1", "2", "1.2")
_LIKELY_OCTETS = 8_192
_LONGEST_TEXT = 1_000_000
_OPENED_WITH_TEXT = b"%b %b)" % (
    OPENED.removesuffix(b")"),
    b" ".join(b"BODY.PEEK[%b]<0.%d>" % (number.encode("ascii"), _LIKELY_OCTETS) for number in _LIKELY),
)
# Of a message whose envelope is beyond reading: its header, each field cut short.
_FIELDS_APART = ("SUBJECT", "FROM", "REPLY-TO", "TO", "CC", "DATE", "MESSAGE-ID", "IN-REPLY-TO", "REFERENCES")
_OPENED_SIMPLY = b"(UID FLAGS INTERNALDATE RFC822.SIZE %b)" % b" ".join(
    b"BODY.PEEK[HEADER.FIELDS (%b)]<0.%d>" % (name.encode("ascii"), parse.LONGEST_FIELD)
    for name in (*_FIELDS_APART, " ".join(FIELDS).upper())
)
_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6}){0,100}", re.ASCII)


class Reading(Session):
    _letters: Letters
    _opened: tuple[MessageRef, Part] | None = None  # the structure of the message opened last
    _beginnings: Mapping[str, bytes] = MappingProxyType({})  # its likely parts by number, as they travel

    def open(self, ref: MessageRef) -> OpenedMessage:
        def ask() -> OpenedMessage:
            known = self._letters.get(self.mailbox, ref)
            self._beginnings = {}
            if known is None:
                message = self._read_header(ref)
                self._letters.keep(self.mailbox, message)
            else:
                # asked all the same: it proves that the message is still there
                marks = self.one(ref, b"(UID FLAGS)", is_last=True)
                message = replace(known, flags=parse.flags(marks))
            self._opened = ref, message.root
            return message

        return self.again(ask)

    def _read_header(self, ref: MessageRef) -> OpenedMessage:
        try:
            items = self.one(ref, _OPENED_WITH_TEXT, is_last=True)
        except MessageGone:  # or what is said of it cannot be read
            return self._read_simply(ref)
        except TooSlow:
            if not self.lease.has_heard:
                raise
            self._selected = None
            self.lease.replace()
            return self._read_simply(ref)
        message = parse.opened(ref, items)
        self._beginnings = parse.beginnings(items, _LIKELY)
        return message

    def _read_simply(self, ref: MessageRef) -> OpenedMessage:
        header = self.one(ref, _OPENED_SIMPLY)
        try:
            root = parse.structure(self.one(ref, b"(UID BODYSTRUCTURE)").get("BODYSTRUCTURE"))
        except MessageGone:
            root = Part(TEXT, "text/plain")  # parts in parts, hundreds deep: its octets are shown
        self.unselect()
        return parse.opened_simply(ref, header, root)

    def part(self, ref: MessageRef, number: str, limit: int | None = None) -> bytes:
        if number != TEXT and not _NUMBER.fullmatch(number):
            return b""
        return self.again(lambda: self._bytes_of_part(ref, number, limit))[:limit]

    def part_contents(self, ref: MessageRef, numbers: Sequence[str]) -> Mapping[str, bytes]:
        return self.again(lambda: self._bytes_of_parts(ref, numbers))

    def raw(self, ref: MessageRef) -> bytes:
        def ask() -> bytes:
            items = self.one(ref, b"(UID BODY.PEEK[])", PATIENCE_BYTES)
            return parse.section(items, "BODY[]") or b""

        return self.again(ask)

    def _bytes_of_parts(self, ref: MessageRef, numbers: Sequence[str]) -> dict[str, bytes]:
        structure = self._structure_of(ref)
        wanted = {part.number: part for part in _walked(structure) if part.number in set(numbers)}
        asked = [number for number in wanted if _NUMBER.fullmatch(number)]
        found = {number: self._bytes_of_part(ref, number, None) for number in numbers if number not in asked}
        if asked:
            sections = b" ".join(b"BODY.PEEK[%b]" % number.encode("ascii") for number in asked)
            items = self.one(ref, b"(UID %b)" % sections, PATIENCE_BYTES)
            for number in asked:
                content = parse.section(items, f"BODY[{number}]") or b""
                found[number] = headers.undone(content, wanted[number].encoding)
        return found

    def _structure_of(self, ref: MessageRef) -> Part:
        if self._opened is None or self._opened[0] != ref:
            self._opened = ref, parse.structure(self.one(ref, b"(UID BODYSTRUCTURE)").get("BODYSTRUCTURE"))
            self._beginnings = {}
        return self._opened[1]

    def _bytes_of_part(self, ref: MessageRef, number: str, limit: int | None) -> bytes:
        part = next((p for p in _walked(self._structure_of(ref)) if p.number == number), None)
        if part is None:
            return b""
        if number == TEXT:
            items = self.one(ref, b"(UID BODY.PEEK[TEXT]<0.%d>)" % (limit or _LONGEST_TEXT), PATIENCE_BYTES)
            return parse.section(items, "BODY[") or b""
        text = self._beginnings.get(number)
        if text is not None and len(text) < _LIKELY_OCTETS:
            return headers.undone(text, part.encoding)
        # base64 grows by 4/3 and its line ends, quoted-printable by 3 at worst
        asked = (
            b""
            if limit is None
            else b"<0.%d>" % (limit * (3 if part.encoding == "quoted-printable" else 2) + 100)
        )
        wanted = b"(UID BODY.PEEK[%b]%b)" % (number.encode("ascii"), asked)
        items = self.one(ref, wanted, PATIENCE_BYTES)
        return headers.undone(parse.section(items, "BODY[") or b"", part.encoding)


def _walked(part: Part) -> Iterator[Part]:
    yield part
    for child in part.children:
        yield from _walked(child)
