"""Read access to messages enclosed in messages, with the interface of a mailbox."""

from collections.abc import Mapping, Sequence
from email.message import Message

from vaguemestre.mailbox.webmail.ports import Convert, TooComplex
from vaguemestre.mailbox.webmail.rules.rendering import enclosed, parts
from vaguemestre.mailbox.webmail.values import Conversion
from vaguemestre.post.mailstore.ports import MessageGone, Reads
from vaguemestre.post.mailstore.values import MessageRef, OpenedMessage

MAX_ENCLOSED_DEPTH = 8
_MAX_BYTES = 30_000_000
_TNEF = b"\x78\x9f\x3e\x22"


class EnclosedMessage:
    """`mailstore.ports.Reads` over the bytes of one enclosed message."""

    def __init__(self, content: bytes, ref: MessageRef) -> None:
        self._content = content
        try:
            self._opened, self._parts = enclosed.parse_message(content, ref)
        except (RecursionError, ValueError, LookupError) as error:  # hundreds deep, or names of no alphabet
            raise TooComplex("webmail.too-complex") from error

    def open(self, ref: MessageRef) -> OpenedMessage:
        return self._opened

    def part(self, ref: MessageRef, number: str, limit: int | None = None) -> bytes:
        part: Message | None = self._parts.get(number)
        try:
            return enclosed.content_of(part)[:limit] if part is not None else b""
        except RecursionError as error:
            raise TooComplex("webmail.too-complex") from error

    def part_contents(self, ref: MessageRef, numbers: Sequence[str]) -> Mapping[str, bytes]:
        return {number: self.part(ref, number) for number in numbers}

    def raw(self, ref: MessageRef) -> bytes:
        return self._content


def reads_within(mailbox: Reads, ref: MessageRef, chain: str, convert: Convert) -> Reads:
    """Read access to the message enclosed at `chain`: part numbers joined by `-`; empty: the outer message.

    Raises MessageGone when there is no such part; ConversionRefused, TooComplex when it cannot be parsed.
    """
    reads = mailbox
    for number in chain.split("-")[:MAX_ENCLOSED_DEPTH] if chain else ():
        if parts.find_part(reads.open(ref).root, number) is None:
            raise MessageGone("mailstore.message-gone")
        content = reads.part(ref, number, _MAX_BYTES)
        if content.startswith(_TNEF):
            content = convert(Conversion.TNEF, content)
        reads = EnclosedMessage(content, ref)
    return reads
