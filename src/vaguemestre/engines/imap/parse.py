"""Answers → values. Pure and total: nothing a mail can hold makes a function here raise.

A line of IMAP is turned into JSON by string operations that run in C, then read by the standard decoder: the
tree costs a fifth of what walking it token by token does.
"""

import json
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache
from itertools import takewhile
from quopri import decodestring
from urllib.parse import unquote_to_bytes

from vaguemestre.engines.imap.wire import Line
from vaguemestre.kernel import charsets
from vaguemestre.webmail.values import Correspondent, MessageRef, OpenedMessage, Part, Summary

type Node = list[Node] | str | int | None
"""A parenthesised list, a string or an atom (octets as latin-1), a number, or NIL."""

type Items = dict[str, Node]

_ATOM = re.compile(r"[^\s()\0\[\]]*\[[^\]]*\][^\s()\0]*|[^\s()\0]+")
# The same where numbers stay numbers and \x04 stands for NIL: three times as quick, and right nearly always.
_WORD_ATOM = re.compile(r"[^\s()\0\x040-9][^\s()\0\x04\[]*(?:\[[^\]]*\][^\s()\0]*)?")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NUMBERS = {name: number for number, name in enumerate(MONTHS, 1)}
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_RECENT = {"\\Recent"}  # says which session looked first: nothing about the message
_DEEPEST = 100
_ENCODED_WORD = re.compile(r"=\?([^?*\s]{1,60})(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")
_UNFIT = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]+"
)
_FOLDING = re.compile(r"\r?\n[ \t]*|[\t\r\n]+")
_FLAGS = re.compile(rb"FLAGS \(([^)]*)\)")
_UID = re.compile(rb"[( ]UID (\d+)")
_NUMBERS = re.compile(rb"([A-Z]+) (\d+)")
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")


# Trees


def tree(line: Line) -> list[Node]:
    """The line as nested lists; empty when it is not well formed."""
    text = line.text.decode("latin-1")
    if "\x02" in text or "\x03" in text:
        text = text.replace("\x02", "").replace("\x03", "")  # they stand for escaped \\ and \" below
    if "\\" in text:
        text = text.replace("\\\\", "\x02").replace('\\"', "\x03").replace("\\", "\\\\")
    pieces = text.split('"')
    strings = pieces[1::2]
    if line.literals:
        literals = iter(line.literals)
        strings = [_literal(next(literals, b"")) if s == "\0" else s for s in strings]
    structure = "\0".join(pieces[0::2])
    if (read := _joined(_quick(structure), strings)) is None:
        read = _joined(_careful(structure), strings)
    return read if read is not None else []


def _quick(structure: str) -> str:
    structure = _WORD_ATOM.sub(r'"\g<0>"', structure.replace("NIL", "\x04")).replace("\x04", "null")
    return structure.replace(" ", ",").replace("(", "[").replace(")", "]").replace("][", "],[")


def _careful(structure: str) -> str:
    """For atoms that begin with a digit or hold NIL, and for spaces where none is due."""
    structure = _ATOM.sub(r'"\g<0>"', structure).replace('"NIL"', "null")
    return ",".join(structure.split()).replace("(", "[").replace(")", "]").replace("][", "],[")


def _joined(structure: str, strings: list[str]) -> list[Node] | None:
    """The JSON of a line, its strings put back where \0 stands, read; None when it is not JSON."""
    pieces = [""] * (2 * len(strings) + 1)
    structures = structure.split("\0")
    if len(structures) != len(strings) + 1:
        return None
    pieces[0::2] = structures
    pieces[1::2] = strings
    written = '"'.join(pieces)
    if "\x02" in written or "\x03" in written:
        written = written.replace("\x02", "\\\\").replace("\x03", '\\"')
    try:
        read = _READ(f"[{written}]")
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, list) else None


_READ = json.JSONDecoder(strict=False, parse_float=str).decode


def _literal(content: bytes) -> str:
    return json.dumps(content.decode("latin-1"))[1:-1]


def fetched(lines: Iterable[Line]) -> Iterator[Items]:
    """What each FETCH line says, by item name (`BODY[…]` items by their beginning)."""
    for line in lines:
        if b" FETCH (" in line.text[:24]:
            nodes = tree(line)
            if len(nodes) == 3 and isinstance(nodes[2], list):
                pairs = nodes[2]
                yield {_text(key): value for key, value in zip(pairs[0::2], pairs[1::2], strict=False)}


def flags_by_uid(lines: Iterable[Line]) -> list[tuple[int, frozenset[str]]]:
    """UIDs and flags of the FETCH lines, in their order."""
    found = []
    for line in lines:
        uid, flags = _UID.search(line.text), _FLAGS.search(line.text)
        if uid and flags:
            found.append((int(uid[1]), _flag_set(flags[1])))
    return found


@lru_cache(maxsize=512)
def _flag_set(written: bytes) -> frozenset[str]:
    return frozenset(written.decode("ascii", "replace").split()) - _RECENT


def numbers(line: bytes) -> dict[str, int]:
    """The figures of a STATUS or ESEARCH line by name."""
    return {name.decode("ascii"): int(figure) for name, figure in _NUMBERS.findall(line)}


def exists(lines: Iterable[Line]) -> int:
    """The folder's count of messages, from a SELECT."""
    for line in lines:
        if line.text.endswith(b" EXISTS") and line.text[:-7].isdigit():
            return int(line.text[:-7])
    return 0


def flags(items: Items) -> frozenset[str]:
    return frozenset(_text(flag) for flag in _list(items.get("FLAGS"))) - _RECENT


def code(lines: Iterable[Line], name: bytes) -> bytes | None:
    """What follows a response code's name, in the first line that has it: `[UIDVALIDITY 7]` → `7`."""
    start = b"[" + name + b" "
    for line in lines:
        begin = line.text.find(start, 0, 40)
        if begin >= 0:
            return line.text[begin + len(start) : line.text.find(b"]", begin)]
    return None


def uid_set(written: bytes) -> list[int]:
    """`1:3,7` → [1, 2, 3, 7], in the order written (RFC 9051, sequence-set)."""
    uids: list[int] = []
    for piece in written.split(b","):
        first, _, last = piece.partition(b":")
        if first.isdigit() and (last.isdigit() or not last):
            low, high = sorted((int(first), int(last or first)))
            if len(uids) + high - low > 5_000_000:
                break
            uids.extend(range(low, high + 1))
    return uids


def last_uids(written: bytes, count: int) -> list[int]:
    """The `count` last UIDs of an ascending set, last first."""
    pieces = written.rsplit(b",", count)
    uids = uid_set(b",".join(pieces[-count:])) if count else []
    return uids[::-1][:count]


# Words


def clean(text: str) -> str:
    """One line without control characters, direction overrides or halves of characters."""
    if not text.isprintable():
        text = _UNFIT.sub("", _FOLDING.sub(" ", text))
    return text


def octets(node: Node) -> bytes:
    return _text(node).encode("latin-1", "replace")


@lru_cache(maxsize=4096)
def decoded(raw: str) -> str:
    """A header's words (RFC 2047, tolerant): octets as latin-1 in, clean Unicode out."""
    if "=?" not in raw:
        return clean(raw if raw.isascii() else charsets.text(raw.encode("latin-1", "replace"))).strip()
    words: list[str] = []
    pending, label, end = b"", "", 0
    for match in _ENCODED_WORD.finditer(raw):
        between = raw[end : match.start()]
        content = _word_octets(match[2], match[3])
        if between.strip() or not (pending or words):
            words += [charsets.text(pending, label), _plain(between)]
            pending, label = content, match[1]
        elif match[1].lower() == label.lower():
            pending += content  # a character may be cut between two words of one charset
        else:
            words.append(charsets.text(pending, label))
            pending, label = content, match[1]
        end = match.end()
    words += [charsets.text(pending, label), _plain(raw[end:])]
    return clean("".join(words)).strip()


def _plain(raw: str) -> str:
    return raw if raw.isascii() else charsets.text(raw.encode("latin-1", "replace"))


def _word_octets(kind: str, written: str) -> bytes:
    content = written.encode("latin-1", "replace")
    if kind in "bB":
        return base64_octets(content)
    return decodestring(content.replace(b"_", b" "), header=False)


_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def base64_octets(content: bytes) -> bytes:
    """What base64 says, skipping whatever is not base64 and an incomplete end."""
    digits = _NOT_BASE64.sub(b"", content)
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return b64decode(digits + b"=" * (-len(digits) % 4))


def undone(content: bytes, encoding: str) -> bytes:
    """Transfer encoding undone (RFC 2045 §6), tolerantly."""
    match encoding.lower():
        case "base64":
            return base64_octets(content)
        case "quoted-printable":
            return decodestring(content)
        case _:
            return content


def moment(internal_date: str) -> datetime:
    """`01-Sep-2026 10:00:00 +0200` → aware datetime; 1970 when it cannot be read."""
    try:
        day, month, year = internal_date[:11].split("-")
        hour, minute, second = internal_date[12:20].split(":")
        return datetime(
            int(year),
            _MONTH_NUMBERS[month],
            int(day),
            int(hour),
            int(minute),
            int(second),
            tzinfo=_zone(internal_date[21:26]),
        )
    except (ValueError, KeyError):
        return _LONG_AGO


@lru_cache(maxsize=128)
def _zone(written: str) -> timezone:
    minutes = int(written[1:3]) * 60 + int(written[3:5])
    return timezone(timedelta(minutes=-minutes if written.startswith("-") else minutes))


def header_moment(raw: str) -> datetime | None:
    """A Date header, or None when it says nothing sensible."""
    try:
        read = parsedate_to_datetime(raw[:100])
        read = read if read.tzinfo else read.replace(tzinfo=UTC)
        read.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return read


# Messages


def summary(items: Items, uid: int) -> Summary:
    """A list row's constant half, from UID INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE PREVIEW."""
    envelope = _list(items.get("ENVELOPE"))
    envelope += [None] * (10 - len(envelope))
    senders = _correspondents(envelope[2])
    preview = items.get("PREVIEW")
    if isinstance(preview, list):
        preview = preview[-1] if preview else None
    return Summary(
        uid=uid,
        sender=senders[0] if senders else _NOBODY,
        to=_correspondents(envelope[5]),
        subject=decoded(_text(envelope[1])),
        date=moment(_text(items.get("INTERNALDATE"))),
        preview=clean(octets(preview).decode("utf-8", "replace")).strip(),
        size=number(items.get("RFC822.SIZE")),
        has_attachment=_attaches(items.get("BODYSTRUCTURE"), 0),
        message_id=clean(_text(envelope[9])).strip(),
    )


def opened(ref: MessageRef, items: Items) -> OpenedMessage:
    """A message's headers and structure, from the same items, FLAGS and References."""
    envelope = _list(items.get("ENVELOPE"))
    envelope += [None] * (10 - len(envelope))
    sender = _correspondents(envelope[2])
    return OpenedMessage(
        ref=ref,
        flags=flags(items),
        received=moment(_text(items.get("INTERNALDATE"))),
        size=number(items.get("RFC822.SIZE")),
        subject=decoded(_text(envelope[1])),
        date=header_moment(_text(envelope[0])),
        sender=sender,
        reply_to=_correspondents(envelope[4]) or sender,
        to=_correspondents(envelope[5]),
        cc=_correspondents(envelope[6]),
        bcc=_correspondents(envelope[7]),
        message_id=clean(_text(envelope[9])).strip(),
        in_reply_to=clean(_text(envelope[8])).strip(),
        references=message_ids(_section(items, "BODY[HEADER")),
        root=structure(items.get("BODYSTRUCTURE")),
    )


def message_ids(raw: str) -> tuple[str, ...]:
    """The Message-IDs in a header, in their order."""
    return tuple(clean(found) for found in _MESSAGE_ID.findall(raw))


def section(items: Items, beginning: str) -> bytes | None:
    """The content of a `BODY[…]` item, None when the server has no such part."""
    for name, value in items.items():
        if name.startswith(beginning) and value is not None:
            return octets(value)
    return None


def structure(node: Node) -> Part:
    """A BODYSTRUCTURE as a tree of parts numbered as IMAP does."""
    nodes = _list(node)
    if nodes and isinstance(nodes[0], list):
        return _part(nodes, "", "", 0)
    return _part(nodes, "1", "1", 0)


def _section(items: Items, beginning: str) -> str:
    return (section(items, beginning) or b"").decode("latin-1")


_NOBODY = Correspondent("", "")


def _correspondents(node: Node) -> tuple[Correspondent, ...]:
    if not isinstance(node, list):
        return ()
    found = []
    for address in node:
        # (name route mailbox host); a group's beginning and end have no host
        if isinstance(address, list) and len(address) == 4 and address[3] is not None:
            name, _, mailbox, host = (_text(field) for field in address)
            found.append(_correspondent(name, mailbox, host))
    return tuple(found)


@lru_cache(maxsize=8192)
def _correspondent(name: str, mailbox: str, host: str) -> Correspondent:
    local = "" if mailbox == "MISSING_MAILBOX" else mailbox
    domain = "" if host in ("MISSING_DOMAIN", "") else f"@{host}"
    return Correspondent(decoded(name), clean(_plain(f"{local}{domain}")).strip())


def _part(nodes: list[Node], at: str, prefix: str, depth: int) -> Part:
    if nodes and isinstance(nodes[0], list):
        return _multipart(nodes, at, prefix, depth)
    nodes = nodes + [None] * (12 - len(nodes))
    kind = f"{_text(nodes[0]).lower() or 'text'}/{_text(nodes[1]).lower() or 'plain'}"
    parameters = _parameters(nodes[2])
    after = 7 + (1 if kind.startswith("text/") else 3 if kind == "message/rfc822" else 0)
    disposition, more = _disposition(nodes[after + 1] if after + 1 < len(nodes) else None)
    children: tuple[Part, ...] = ()
    if kind == "message/rfc822" and isinstance(nodes[8], list) and depth < _DEEPEST:
        inner = nodes[8]
        if inner and isinstance(inner[0], list):
            children = _multipart(inner, at, at, depth + 1).children
        else:
            children = (_part(inner, f"{at}.1", f"{at}.1", depth + 1),)
    return Part(
        number=at,
        kind=clean(kind),
        charset=clean(parameters.get("charset", "")).lower(),
        encoding=clean(_text(nodes[5])).lower(),
        size=number(nodes[6]),
        name=more.get("filename") or parameters.get("name", ""),
        content_id=clean(_text(nodes[3])).strip(),
        disposition=disposition,
        children=children,
    )


def _multipart(nodes: list[Node], at: str, prefix: str, depth: int) -> Part:
    bodies = [
        node for node in takewhile(lambda node: isinstance(node, list), nodes) if isinstance(node, list)
    ]
    subtype = _text(nodes[len(bodies)] if len(bodies) < len(nodes) else None).lower() or "mixed"
    stem = f"{prefix}." if prefix else ""
    children = (
        tuple(_part(node, f"{stem}{n}", f"{stem}{n}", depth + 1) for n, node in enumerate(bodies, 1))
        if depth < _DEEPEST
        else ()
    )
    return Part(number=at, kind=clean(f"multipart/{subtype}"), children=children)


def _attaches(node: Node, depth: int, *, related: bool = False) -> bool:
    """Whether a structure holds something a person would call an attachment."""
    if not isinstance(node, list) or not node or depth > _DEEPEST:
        return False
    if isinstance(node[0], list):
        subtype = next((n for n in node if isinstance(n, str)), "")
        inside = related or subtype.lower() == "related"
        return any(
            _attaches(n, depth + 1, related=inside) for n in node if isinstance(n, list) and n and n[0]
        )
    if len(node) < 7:
        return False
    main = _text(node[0]).lower()
    after = 8 + (1 if main == "text" else 3 if main == "message" and len(node) > 11 else 0)
    shown = node[after] if len(node) > after else None
    how = _text(shown[0]).lower() if isinstance(shown, list) and shown else ""
    if how == "attachment":
        return True
    if main == "text":
        return False
    signature = _text(node[1]).lower().endswith("signature")
    return not signature and not related and not (how == "inline" and main == "image" and node[3])


def _disposition(node: Node) -> tuple[str, dict[str, str]]:
    if not isinstance(node, list) or not node:
        return "", {}
    return clean(_text(node[0])).lower(), _parameters(node[1] if len(node) > 1 else None)


def _parameters(node: Node) -> dict[str, str]:
    """Parameters by lower-case name, RFC 2231 continuations joined and charsets undone."""
    if not isinstance(node, list):
        return {}
    raw = {_text(k).lower(): _text(v) for k, v in zip(node[0::2], node[1::2], strict=False)}
    plain = {name: decoded(value) for name, value in raw.items() if "*" not in name}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, value in raw.items():
        if "*" in name:
            stem, _, rest = name.partition("*")
            order, extended = rest.rstrip("*"), rest.endswith("*") or not rest
            place = int(order) if order.isdigit() and len(order) < 5 else 0
            pieces.setdefault(stem, []).append((place, extended, value))
    for stem, found in pieces.items():
        plain[stem] = _extended(sorted(found))
    return plain


def _extended(pieces: list[tuple[int, bool, str]]) -> str:
    """`utf-8''%C3%A9t` + `%C3%A9.pdf` → `été.pdf` (RFC 2231 §4)."""
    label, content = "", b""
    for place, (_, extended, value) in enumerate(pieces):
        if extended and place == 0 and value.count("'") >= 2:
            label, _, value = value.split("'", 2)
        octet = value.encode("latin-1", "replace")
        content += unquote_to_bytes(octet) if extended else octet
    return clean(charsets.text(content, label)).strip()


def _list(node: Node) -> list[Node]:
    return list(node) if isinstance(node, list) else []


def _text(node: Node) -> str:
    """A string or an atom; an atom of digits may have been read as a number."""
    return node if isinstance(node, str) else str(node) if isinstance(node, int) else ""


def number(node: Node) -> int:
    """A number, 0 when it is none."""
    if isinstance(node, str) and node.isascii() and node.isdigit() and len(node) < 16:
        return int(node)
    return node if isinstance(node, int) else 0
