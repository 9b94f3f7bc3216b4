"""Headers, structure and parts of one message: `mailstore.ports.Reads`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from vaguemestre.engines.imap.cache.page_cache import MessageCache
from vaguemestre.engines.imap.protocol import answers, body_structure, headers, messages
from vaguemestre.engines.imap.protocol.line_stream import TooSlow
from vaguemestre.engines.imap.store.session import CONTENT_PATIENCE_SECONDS, MESSAGE_ITEMS, Session
from vaguemestre.post.mailstore.ports import MessageGone
from vaguemestre.post.mailstore.values import FIELDS, TEXT, MessageRef, OpenedMessage, Part

# The parts where the text of nearly every message lies, fetched with its structure to spare a round trip.
_LIKELY = ("1", "2", "1.2")
_LIKELY_BYTES = 8_192
_SMALL_BYTES = 16_384  # a message that size comes whole with it: the seal of our authors covers all of it
_MAX_TEXT_BYTES = 1_000_000
_OPENED_WITH_TEXT = b"%b %b BODY.PEEK[]<0.%d>)" % (
    MESSAGE_ITEMS.removesuffix(b")"),
    b" ".join(b"BODY.PEEK[%b]<0.%d>" % (number.encode("ascii"), _LIKELY_BYTES) for number in _LIKELY),
    _SMALL_BYTES,
)
# For a message whose envelope cannot be read: its header, each field cut short.
_SINGLE_FIELDS = (
    "SUBJECT",
    "FROM",
    "REPLY-TO",
    "TO",
    "CC",
    "DATE",
    "MESSAGE-ID",
    "IN-REPLY-TO",
    "REFERENCES",
)
_OPENED_SIMPLY = b"(UID FLAGS INTERNALDATE RFC822.SIZE %b)" % b" ".join(
    b"BODY.PEEK[HEADER.FIELDS (%b)]<0.%d>" % (name.encode("ascii"), messages.MAX_FIELD_BYTES)
    for name in (*_SINGLE_FIELDS, " ".join(FIELDS).upper())
)
_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6}){0,100}", re.ASCII)


class MessageFetch(Session):
    _messages: MessageCache
    _opened: tuple[MessageRef, Part] | None = None  # the structure of the message opened last
    _beginnings: Mapping[str, bytes] = MappingProxyType({})  # its likely parts by number, still encoded
    _small: tuple[MessageRef, bytes] | None = None  # its source, when it is small

    def open(self, ref: MessageRef) -> OpenedMessage:
        def query() -> OpenedMessage:
            cached = self._messages.get(self.mailbox, ref)
            self._beginnings, self._small = {}, None
            if cached is None:
                message = self._fetch_message(ref)
                self._messages.keep(self.mailbox, message)
            else:
                # flags change, and the answer proves that the message is still there
                items = self.fetch_one(ref, b"(UID FLAGS)", is_last=True)
                message = replace(cached, flags=answers.flags(items))
            self._opened = ref, message.root
            return message

        return self.retry_if_dead(query)

    def _fetch_message(self, ref: MessageRef) -> OpenedMessage:
        try:
            items = self.fetch_one(ref, _OPENED_WITH_TEXT, is_last=True)
        except MessageGone:  # or its envelope cannot be read
            return self._fetch_simply(ref)
        except TooSlow:
            if not self.lease.has_heard:
                raise
            self._selected = None
            self.lease.replace()
            return self._fetch_simply(ref)
        message = messages.open_message(ref, items)
        self._beginnings = answers.beginnings(items, _LIKELY)
        source = answers.section(items, "BODY[]<0>")
        self._small = (ref, source) if source is not None and len(source) < _SMALL_BYTES else None
        return message

    def _fetch_simply(self, ref: MessageRef) -> OpenedMessage:
        header = self.fetch_one(ref, _OPENED_SIMPLY)
        try:
            root = body_structure.structure(self.fetch_one(ref, b"(UID BODYSTRUCTURE)").get("BODYSTRUCTURE"))
        except MessageGone:
            root = Part(TEXT, "text/plain")  # parts nested hundreds deep: the source of the text is shown
        self.unselect()
        return messages.open_simply(ref, header, root)

    def part(self, ref: MessageRef, number: str, limit: int | None = None) -> bytes:
        if number != TEXT and not _NUMBER.fullmatch(number):
            return b""
        return self.retry_if_dead(lambda: self._content_of_part(ref, number, limit))[:limit]

    def part_contents(self, ref: MessageRef, numbers: Sequence[str]) -> Mapping[str, bytes]:
        return self.retry_if_dead(lambda: self._contents_of_parts(ref, numbers))

    def raw(self, ref: MessageRef) -> bytes:
        if self._small is not None and self._small[0] == ref:
            return self._small[1]

        def query() -> bytes:
            items = self.fetch_one(ref, b"(UID BODY.PEEK[])", CONTENT_PATIENCE_SECONDS)
            return answers.section(items, "BODY[]") or b""

        return self.retry_if_dead(query)

    def _contents_of_parts(self, ref: MessageRef, numbers: Sequence[str]) -> dict[str, bytes]:
        structure = self._structure_of(ref)
        parts = {part.number: part for part in _walk(structure) if part.number in set(numbers)}
        fetched = [number for number in parts if _NUMBER.fullmatch(number)]
        contents = {n: self._content_of_part(ref, n, None) for n in numbers if n not in fetched}
        if fetched:
            sections = b" ".join(b"BODY.PEEK[%b]" % number.encode("ascii") for number in fetched)
            items = self.fetch_one(ref, b"(UID %b)" % sections, CONTENT_PATIENCE_SECONDS)
            for number in fetched:
                content = answers.section(items, f"BODY[{number}]") or b""
                contents[number] = headers.undone(content, parts[number].encoding)
        return contents

    def _structure_of(self, ref: MessageRef) -> Part:
        if self._opened is None or self._opened[0] != ref:
            self._opened = (
                ref,
                body_structure.structure(self.fetch_one(ref, b"(UID BODYSTRUCTURE)").get("BODYSTRUCTURE")),
            )
            self._beginnings = {}
        return self._opened[1]

    def _content_of_part(self, ref: MessageRef, number: str, limit: int | None) -> bytes:
        part = next((part for part in _walk(self._structure_of(ref)) if part.number == number), None)
        if part is None:
            return b""
        if number == TEXT:
            items = self.fetch_one(
                ref, b"(UID BODY.PEEK[TEXT]<0.%d>)" % (limit or _MAX_TEXT_BYTES), CONTENT_PATIENCE_SECONDS
            )
            return answers.section(items, "BODY[") or b""
        beginning = self._beginnings.get(number)
        if beginning is not None and len(beginning) < _LIKELY_BYTES:
            return headers.undone(beginning, part.encoding)
        # base64 grows by 4/3 and its line ends, quoted-printable by 3 at worst
        partial = (
            b""
            if limit is None
            else b"<0.%d>" % (limit * (3 if part.encoding == "quoted-printable" else 2) + 100)
        )
        section = b"(UID BODY.PEEK[%b]%b)" % (number.encode("ascii"), partial)
        items = self.fetch_one(ref, section, CONTENT_PATIENCE_SECONDS)
        return headers.undone(answers.section(items, "BODY[") or b"", part.encoding)


def _walk(part: Part) -> Iterator[Part]:
    yield part
    for child in part.children:
        yield from _walk(child)
