"""Answers → values. Pure and total: nothing a mail can hold makes a function here raise."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import getaddresses
from functools import lru_cache
from itertools import takewhile

from vaguemestre.engines.imap.protocol import headers
from vaguemestre.engines.imap.protocol.response_tree import (
    Items,
    Node,
    fetched,
    list_of,
    number_of,
    octets_of,
    text_of,
)
from vaguemestre.engines.imap.protocol.wire import Line
from vaguemestre.mailbox.webmail.rules.rendering.plain import flow_of
from vaguemestre.mailbox.webmail.rules.trust.from_field import AMBIGUOUS
from vaguemestre.post.mailstore.values import (
    FIELDS,
    INVITATION,
    Correspondent,
    MessageRef,
    OpenedMessage,
    Part,
    Summary,
)

# which session looked first, and what the structure says too: nothing a person did to the message
_UNSAID = {"\\Recent", "$HasAttachment", "$HasNoAttachment"}
_DEEPEST = 100
_FLAGS = re.compile(rb"FLAGS \(([^)]*)\)")
_UID = re.compile(rb"[( ]UID (\d+)")
_NUMBERS = re.compile(rb"([A-Z]+) (\d+)")
_ALL_FOUND = re.compile(rb" ALL ([0-9:,]+)")
_ESCAPED_NAME = re.compile(
    r"(?:[A-Za-z0-9-]{1,40}'[A-Za-z-]{0,20}')?(?:%[0-9A-Fa-f]{2}|[A-Za-z0-9._-])+", re.ASCII
)
_MOST_LISTED = 20  # recipients that a list row may need
_LONGEST_LISTED = 1_000
_MOST_SHOWN = 5_000


def flags_by_uid(lines: Iterable[Line]) -> list[tuple[int, frozenset[str]]]:
    """UIDs and flags of the FETCH lines, in their order."""
    found = []
    for line in lines:
        uid, flags = _UID.search(line.text), _FLAGS.search(line.text)
        if uid and flags:
            found.append((int(uid[1]), flag_set(flags[1])))
    return found


@lru_cache(maxsize=512)
def flag_set(written: bytes) -> frozenset[str]:
    """What stands between the parentheses of FLAGS, without what nobody did."""
    return frozenset(written.decode("ascii", "replace").split()) - _UNSAID


def numbers(line: bytes) -> dict[str, int]:
    """The figures of a STATUS or ESEARCH line by name."""
    return {name.decode("ascii"): int(figure) for name, figure in _NUMBERS.findall(line)}


def all_found(line: bytes) -> bytes:
    """The set of an ESEARCH line, empty when nothing was found."""
    found = _ALL_FOUND.search(line)
    return found[1] if found else b""


def exists(lines: Iterable[Line]) -> int:
    """The folder's count of messages, from a SELECT."""
    for line in lines:
        if line.text.endswith(b" EXISTS") and line.text[:-7].isdigit():
            return int(line.text[:-7])
    return 0


def flags(items: Items) -> frozenset[str]:
    return frozenset(text_of(flag) for flag in list_of(items.get("FLAGS"))) - _UNSAID


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


def summary(items: Items, uid: int) -> Summary:
    """A list row's constant half, from UID INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE PREVIEW."""
    preview = items.get("PREVIEW")
    if isinstance(preview, list):
        preview = preview[-1] if preview else None
    return summary_of(
        uid,
        text_of(items.get("INTERNALDATE")),
        octets_of(preview),
        number_of(items.get("RFC822.SIZE")),
        items.get("ENVELOPE"),
        items.get("BODYSTRUCTURE"),
    )


def summary_of(
    uid: int, internal_date: str, preview: bytes, size: int, envelope: Node, structure: Node
) -> Summary:
    """The same from what each of these items says."""
    said = list_of(envelope)
    said += [None] * (10 - len(said))
    _, subject, author, _, _, to_whom, copied_to, hidden_to, answered, message_id = said[:10]
    attached = _attached(structure, 0)
    is_invitation = attached is None and _invites(structure, 0)
    to = _correspondents(to_whom, _MOST_LISTED)
    cc = () if to else _correspondents(copied_to, _MOST_LISTED)
    return Summary(
        uid=uid,
        sender=_sole_author(author),
        to=to,
        subject=headers.decoded(text_of(subject))[:_LONGEST_LISTED],
        date=headers.moment(internal_date),
        preview=headers.clean(preview.decode("utf-8", "replace")).strip(),
        size=size,
        has_attachment=attached is not None,
        message_id=headers.clean(text_of(message_id)).strip()[:_LONGEST_LISTED],
        attached=attached or (INVITATION if is_invitation else ("", "")),
        in_reply_to=next(iter(headers.message_ids(text_of(answered))), "") if answered else "",
        cc=cc,
        bcc=() if to or cc else _correspondents(hidden_to, _MOST_LISTED),
    )


def simplified(items: Items, uid: int) -> Summary:
    """A row for a message whose ENVELOPE or structure cannot be read, from UID INTERNALDATE RFC822.SIZE and
    the beginning of its Subject."""
    header = dict(headers.header_fields(section(items, "BODY[HEADER") or b""))
    return Summary(
        uid=uid,
        sender=_NOBODY,
        to=(),
        subject=headers.decoded(header.get("subject", ""))[:_LONGEST_LISTED],
        date=headers.moment(text_of(items.get("INTERNALDATE"))),
        preview="",
        size=number_of(items.get("RFC822.SIZE")),
        has_attachment=False,
        is_too_complex=True,
    )


def summaries(lines: Iterable[Line]) -> dict[int, Summary]:
    """The summaries of FETCH lines by UID; `listed.read` is the quick way."""
    return {uid: summary(items, uid) for items in fetched(lines) if (uid := number_of(items.get("UID")))}


@dataclass(frozen=True, slots=True)
class Envelope:
    """Of FETCH (UID ENVELOPE): addresses (the sender's, every recipient's of To and Cc) in lower case."""

    uid: int
    subject: str
    sender: str
    to: tuple[str, ...]


def envelopes(lines: Iterable[Line]) -> list[Envelope]:
    found = []
    for items in fetched(lines):
        envelope = list_of(items.get("ENVELOPE"))
        envelope += [None] * (10 - len(envelope))
        senders = _correspondents(envelope[2], 1)
        to = (*_correspondents(envelope[5]), *_correspondents(envelope[6]))
        sender = senders[0].address.lower() if senders else ""
        recipients = tuple(one.address.lower() for one in to)
        subject = headers.decoded(text_of(envelope[1]))
        found.append(Envelope(number_of(items.get("UID")), subject, sender, recipients))
    return found


def named(items: Items) -> list[str]:
    """What an ENVELOPE says in words: the subject, then each author and recipient with the address."""
    envelope = list_of(items.get("ENVELOPE"))
    envelope += [None] * (10 - len(envelope))
    people = [one for place in (2, 5, 6) for one in _correspondents(envelope[place])]
    return [headers.decoded(text_of(envelope[1])), *(f"{one.name} {one.address}" for one in people)]


def opened(ref: MessageRef, items: Items) -> OpenedMessage:
    """A message's headers and structure, from the same items, FLAGS and References."""
    envelope = list_of(items.get("ENVELOPE"))
    envelope += [None] * (10 - len(envelope))
    sender = _correspondents(envelope[2])
    header = headers.header_fields(section(items, "BODY[HEADER") or b"")
    return OpenedMessage(
        ref=ref,
        flags=flags(items),
        received=headers.moment(text_of(items.get("INTERNALDATE"))),
        size=number_of(items.get("RFC822.SIZE")),
        subject=headers.decoded(text_of(envelope[1])),
        date=headers.header_moment(text_of(envelope[0])),
        sender=sender,
        reply_to=_correspondents(envelope[4]) or sender,
        to=_correspondents(envelope[5]),
        cc=_correspondents(envelope[6]),
        bcc=_correspondents(envelope[7]),
        message_id=headers.clean(text_of(envelope[9])).strip()[:_LONGEST_LISTED],
        in_reply_to=headers.clean(text_of(envelope[8])).strip(),
        references=headers.message_ids(dict(reversed(header)).get("references", "")),
        root=structure(items.get("BODYSTRUCTURE")),
        fields=tuple(field for field in header if field[0] in FIELDS),
    )


LONGEST_FIELD = 20_000  # octets of a header field of a message that is read simply
_MOST_SIMPLY = 50


def opened_simply(ref: MessageRef, items: Items, root: Part) -> OpenedMessage:
    """A message of which the ENVELOPE cannot be read, from `BODY[HEADER.FIELDS (…)]<0>` items."""
    blocks = [octets_of(value) for name, value in items.items() if name.startswith("BODY[HEADER")]
    header = [field for block in blocks for field in headers.header_fields(block)]
    said = dict(reversed(header))
    sender = _people(said.get("from", ""))
    return OpenedMessage(
        ref=ref,
        flags=flags(items),
        received=headers.moment(text_of(items.get("INTERNALDATE"))),
        size=number_of(items.get("RFC822.SIZE")),
        subject=headers.decoded(said.get("subject", "")),
        date=headers.header_moment(said.get("date", "")),
        sender=sender,
        reply_to=_people(said.get("reply-to", "")) or sender,
        to=_people(said.get("to", "")),
        cc=_people(said.get("cc", "")),
        message_id=said.get("message-id", "").strip()[:_LONGEST_LISTED],
        in_reply_to=said.get("in-reply-to", "").strip()[:_LONGEST_LISTED],
        references=headers.message_ids(said.get("references", "")),
        root=root,
        fields=tuple(field for field in header if field[0] in FIELDS),
        is_too_complex=True,
    )


def _people(written: str) -> tuple[Correspondent, ...]:
    found = getaddresses([written[:LONGEST_FIELD]], strict=False)[:_MOST_SIMPLY]
    return tuple(
        Correspondent(headers.decoded(name), headers.clean(address))
        for name, address in found
        if "@" in address
    )


def section(items: Items, beginning: str) -> bytes | None:
    """The content of a `BODY[…]` item, None when the server has no such part."""
    for name, value in items.items():
        if name.startswith(beginning) and value is not None:
            return octets_of(value)
    return None


def beginnings(items: Items, numbers: Iterable[str]) -> dict[str, bytes]:
    """The beginnings of parts, of `BODY[…]<0>` items: those that the message has, by number."""
    found = {number: section(items, f"BODY[{number}]<0>") for number in numbers}
    return {number: content for number, content in found.items() if content is not None}


def structure(node: Node) -> Part:
    """A BODYSTRUCTURE as a tree of parts numbered as IMAP does."""
    nodes = list_of(node)
    if nodes and isinstance(nodes[0], list):
        return _part(nodes, "", "", 0)
    return _part(nodes, "1", "1", 0)


_NOBODY = Correspondent("", "")
_SEVERAL = Correspondent(AMBIGUOUS, "")


def _sole_author(node: Node) -> Correspondent:
    """The author that a row may show: none of several, nor of a group, whose members nobody reads alike."""
    if not isinstance(node, list) or len(node) < 2:
        return next(iter(_correspondents(node, 1)), _NOBODY)
    is_group = any(isinstance(one, list) and len(one) == 4 and one[3] is None for one in node[:_MOST_LISTED])
    named = [one for one in _correspondents(node, _MOST_LISTED) if "@" in one.address]
    if is_group or len({one.address.lower() for one in named}) != 1:
        return _SEVERAL
    return named[0]


def _correspondents(node: Node, most: int = _MOST_SHOWN) -> tuple[Correspondent, ...]:
    if not isinstance(node, list):
        return ()
    found = []
    for address in node[:most]:
        # (name route mailbox host); a group's beginning and end have no host
        if isinstance(address, list) and len(address) == 4 and address[3] is not None:
            name, _, mailbox, host = address
            found.append(_correspondent(text_of(name), text_of(mailbox), text_of(host)))
    return tuple(found)


@lru_cache(maxsize=8192)
def _correspondent(name: str, mailbox: str, host: str) -> Correspondent:
    local = "" if mailbox == "MISSING_MAILBOX" else mailbox
    domain = "" if host in ("MISSING_DOMAIN", "") else f"@{host}"
    return Correspondent(headers.decoded(name), headers.clean(headers.plain(f"{local}{domain}")).strip())


def _part(nodes: list[Node], at: str, prefix: str, depth: int) -> Part:
    if nodes and isinstance(nodes[0], list):
        return _multipart(nodes, at, prefix, depth)
    nodes = nodes + [None] * (12 - len(nodes))
    kind = f"{text_of(nodes[0]).lower() or 'text'}/{text_of(nodes[1]).lower() or 'plain'}"
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
        kind=headers.clean(kind),
        charset=headers.clean(parameters.get("charset", "")).lower(),
        encoding=headers.clean(text_of(nodes[5])).lower(),
        size=number_of(nodes[6]),
        name=_file_name(more.get("filename") or parameters.get("name", "")),
        content_id=headers.clean(text_of(nodes[3])).strip(),
        disposition=disposition,
        children=children,
        flow=flow_of(parameters.get("format", ""), parameters.get("delsp", "")),
    )


def _multipart(nodes: list[Node], at: str, prefix: str, depth: int) -> Part:
    bodies = [
        node for node in takewhile(lambda node: isinstance(node, list), nodes) if isinstance(node, list)
    ]
    subtype = text_of(nodes[len(bodies)] if len(bodies) < len(nodes) else None).lower() or "mixed"
    stem = f"{prefix}." if prefix else ""
    children = (
        tuple(_part(node, f"{stem}{n}", f"{stem}{n}", depth + 1) for n, node in enumerate(bodies, 1))
        if depth < _DEEPEST
        else ()
    )
    return Part(number=at, kind=headers.clean(f"multipart/{subtype}"), children=children)


def _attached(node: Node, depth: int, *, related: bool = False) -> tuple[str, str] | None:
    """Kind and name of the first thing in a structure that a person would call an attachment."""
    if not isinstance(node, list) or not node or depth > _DEEPEST:
        return None
    if isinstance(node[0], list):
        subtype = next((n for n in node if isinstance(n, str)), "")
        inside = related or subtype.lower() == "related"
        parts = (n for n in node if isinstance(n, list) and n and n[0])
        return next(filter(None, (_attached(n, depth + 1, related=inside) for n in parts)), None)
    if len(node) < 7:
        return None
    main, sub = text_of(node[0]).lower(), text_of(node[1]).lower()
    after = 8 + (1 if main == "text" else 3 if main == "message" and len(node) > 11 else 0)
    shown = node[after] if len(node) > after else None
    how = text_of(shown[0]).lower() if isinstance(shown, list) and shown else ""
    if how != "attachment" and (
        main == "text"
        or related
        or sub.endswith("signature")
        or (how == "inline" and main == "image" and node[3])
    ):
        return None
    name = _disposition(shown)[1].get("filename") or _parameters(node[2]).get("name", "")
    return headers.clean(f"{main}/{sub}")[:100], name[-100:]


def _invites(node: Node, depth: int) -> bool:
    """Whether a calendar that asks for an answer stands among the texts: no file, yet a row tells it."""
    if not isinstance(node, list) or not node or depth > _DEEPEST:
        return False
    if isinstance(node[0], list):
        return any(_invites(one, depth + 1) for one in takewhile(lambda one: isinstance(one, list), node))
    if len(node) < 7 or text_of(node[0]).lower() != "text" or text_of(node[1]).lower() != "calendar":
        return False
    return _parameters(node[2]).get("method", "").strip().upper() == "REQUEST"


def _disposition(node: Node) -> tuple[str, dict[str, str]]:
    if not isinstance(node, list) or not node:
        return "", {}
    return headers.clean(text_of(node[0])).lower(), _parameters(node[1] if len(node) > 1 else None)


def _file_name(written: str) -> str:
    """Undo escapes (RFC 2231) that were handed on as a plain name."""
    if written.count("%") < 2 or not _ESCAPED_NAME.fullmatch(written):
        return written
    return headers.unfolded_parameter([(0, True, written)])


def _parameters(node: Node) -> dict[str, str]:
    """Parameters by lower-case name, RFC 2231 continuations joined and charsets undone."""
    if not isinstance(node, list):
        return {}
    raw = {text_of(k).lower(): text_of(v) for k, v in zip(node[0::2], node[1::2], strict=False)}
    plain = {name: headers.decoded(value) for name, value in raw.items() if "*" not in name}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, value in raw.items():
        if "*" in name:
            stem, _, rest = name.partition("*")
            order, extended = rest.rstrip("*"), rest.endswith("*") or not rest
            place = int(order) if order.isdigit() and len(order) < 5 else 0
            pieces.setdefault(stem, []).append((place, extended, value))
    for stem, found in pieces.items():
        plain[stem] = headers.unfolded_parameter(sorted(found))
    return plain
