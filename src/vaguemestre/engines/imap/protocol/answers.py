"""Figures, sets, flags and codes of untagged answers. Pure and total: nothing a mail can hold raises here."""

import re
from collections.abc import Iterable
from functools import lru_cache

from vaguemestre.engines.imap.protocol.line_stream import Line
from vaguemestre.engines.imap.protocol.response_tree import Items, list_of, octets_of, text_of

# \Recent says which session looked first, the others what the structure says too: nobody set them
_NOT_SET_BY_PEOPLE = {"\\Recent", "$HasAttachment", "$HasNoAttachment"}
_FLAGS = re.compile(rb"FLAGS \(([^)]*)\)")
_UID = re.compile(rb"[( ]UID (\d+)")
_NUMBERS = re.compile(rb"([A-Z]+) (\d+)")
_ALL = re.compile(rb" ALL ([0-9:,]+)")
_MAX_UIDS = 5_000_000


def flags_by_uid(lines: Iterable[Line]) -> list[tuple[int, frozenset[str]]]:
    """UIDs and flags of the FETCH lines, in their order."""
    pairs = []
    for line in lines:
        uid, flags = _UID.search(line.text), _FLAGS.search(line.text)
        if uid and flags:
            pairs.append((int(uid[1]), flag_set(flags[1])))
    return pairs


@lru_cache(maxsize=512)
def flag_set(listed: bytes) -> frozenset[str]:
    """The flags between the parentheses of FLAGS, without those that no person set."""
    return frozenset(listed.decode("ascii", "replace").split()) - _NOT_SET_BY_PEOPLE


def flags(items: Items) -> frozenset[str]:
    return frozenset(text_of(flag) for flag in list_of(items.get("FLAGS"))) - _NOT_SET_BY_PEOPLE


def numbers(line: bytes) -> dict[str, int]:
    """The figures of a STATUS or ESEARCH line by name."""
    return {name.decode("ascii"): int(figure) for name, figure in _NUMBERS.findall(line)}


def status_line(lines: Iterable[Line]) -> bytes:
    """The text of the STATUS line; empty when there is none."""
    return next((line.text for line in lines if line.text.startswith(b"STATUS")), b"")


def status_figures(line: bytes) -> dict[str, int]:
    """The figures of a STATUS line; the folder's name before them may look like anything."""
    return numbers(line[line.rfind(b"(") :])


def esearch(lines: Iterable[Line]) -> bytes:
    """The text of the ESEARCH line (RFC 4731); empty when there is none."""
    return next((line.text for line in lines if line.text.startswith(b"ESEARCH")), b"")


def esearch_all(line: bytes) -> bytes:
    """The set that an ESEARCH line returns; empty when nothing matched."""
    match = _ALL.search(line)
    return match[1] if match else b""


def exists(lines: Iterable[Line]) -> int:
    """The folder's count of messages, from a SELECT."""
    for line in lines:
        if line.text.endswith(b" EXISTS") and line.text[:-7].isdigit():
            return int(line.text[:-7])
    return 0


def response_code(lines: Iterable[Line], name: bytes) -> bytes | None:
    """The arguments of a response code, in the first line that has it: `[UIDVALIDITY 7]` → `7`."""
    start = b"[" + name + b" "
    for line in lines:
        begin = line.text.find(start, 0, 40)
        if begin >= 0:
            return line.text[begin + len(start) : line.text.find(b"]", begin)]
    return None


def uid_set(sequence: bytes) -> list[int]:
    """`1:3,7` → [1, 2, 3, 7], in the order of the set (RFC 9051, sequence-set)."""
    uids: list[int] = []
    for piece in sequence.split(b","):
        first, _, last = piece.partition(b":")
        if first.isdigit() and (last.isdigit() or not last):
            low, high = sorted((int(first), int(last or first)))
            if len(uids) + high - low > _MAX_UIDS:
                break
            uids.extend(range(low, high + 1))
    return uids


def last_uids(sequence: bytes, count: int) -> list[int]:
    """The `count` last UIDs of an ascending set, last first."""
    pieces = sequence.rsplit(b",", count)
    uids = uid_set(b",".join(pieces[-count:])) if count else []
    return uids[::-1][:count]


def section(items: Items, beginning: str) -> bytes | None:
    """The content of a `BODY[…]` item, None when the server has no such part."""
    for name, value in items.items():
        if name.startswith(beginning) and value is not None:
            return octets_of(value)
    return None


def beginnings(items: Items, numbers: Iterable[str]) -> dict[str, bytes]:
    """The beginnings of the parts that the message has, from `BODY[…]<0>` items, by number."""
    contents = {number: section(items, f"BODY[{number}]<0>") for number in numbers}
    return {number: content for number, content in contents.items() if content is not None}
