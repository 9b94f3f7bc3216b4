"""Bytes of a message → the values of the mail store, by the standard library."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from functools import lru_cache

from vaguemestre.foundation.kernel.addresses import people_in
from vaguemestre.mailbox.webmail.rules.rendering.plain import flow_of
from vaguemestre.post.mailstore.values import (
    FIELDS,
    INVITATION,
    Correspondent,
    MessageRef,
    Only,
    OpenedMessage,
    Part,
    Summary,
    View,
)

PREVIEW_LENGTH = 200
MAX_FIELD_BYTES = 20_000
_FIELD = re.compile(rb"[^\r\n]+(?:\r\n[ \t][^\r\n]*)*")
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # where it changes nothing
_REPLY_PREFIX = re.compile(r"^(?:(?:re|fwd?|tr)\s*:\s*)+", re.IGNORECASE)


def parse_message(content: bytes) -> EmailMessage:
    return message_from_bytes(_shortened(content), policy=policy.default)


@lru_cache(maxsize=16)
def _shortened(content: bytes) -> bytes:
    """The message with header fields too long to read cut, as the real store gives them."""
    head, blank, body = content.partition(b"\r\n\r\n")
    if len(head) <= MAX_FIELD_BYTES:
        return content
    return b"\r\n".join(map(_cut, _FIELD.findall(head))) + blank + body


def _cut(field: bytes) -> bytes:
    if len(field) <= MAX_FIELD_BYTES:
        return field
    beginning = field[:MAX_FIELD_BYTES]
    return beginning.rpartition(b"\r\n")[0] or beginning


@lru_cache(maxsize=500)
def summary(uid: int, content: bytes, received: datetime) -> Summary:
    message = parse_message(content)
    senders = correspondents(message, "from")
    attached = [
        (part.get_content_type(), part.get_filename() or "")
        for part in message.walk()
        if part.get_content_disposition() == "attachment"
    ]
    is_invitation = any(
        part.get_content_type() == "text/calendar" and str(part.get_param("method", "")).upper() == "REQUEST"
        for part in message.walk()
    )
    to, cc, bcc = (correspondents(message, field) for field in ("to", "cc", "bcc"))
    return Summary(
        uid=uid,
        sender=senders[0] if senders else Correspondent("", ""),
        to=to,
        subject=header(message, "subject"),
        date=received,
        preview=" ".join(text(message).split())[:PREVIEW_LENGTH],
        size=len(content),
        has_attachment=bool(attached),
        message_id=header(message, "message-id"),
        attached=attached[0] if attached else INVITATION if is_invitation else ("", ""),
        in_reply_to=header(message, "in-reply-to"),
        cc=() if to else cc,
        bcc=() if to or cc else bcc,
    )


def opened_message(
    ref: MessageRef, content: bytes, flags: frozenset[str], received: datetime
) -> OpenedMessage:
    message = parse_message(content)
    return OpenedMessage(
        ref=ref,
        flags=flags,
        received=received,
        size=len(content),
        subject=header(message, "subject"),
        date=_date(header(message, "date")),
        sender=correspondents(message, "from"),
        reply_to=correspondents(message, "reply-to") or correspondents(message, "from"),
        to=correspondents(message, "to"),
        cc=correspondents(message, "cc"),
        bcc=correspondents(message, "bcc"),
        message_id=header(message, "message-id"),
        in_reply_to=header(message, "in-reply-to"),
        references=tuple(header(message, "references").split()),
        root=_part(message, "", is_root=True),
        fields=tuple(
            (name.lower(), " ".join(str(value).split()))
            for name, value in message.raw_items()
            if name.lower() in FIELDS
        ),
    )


def bytes_of_part(content: bytes, number: str) -> bytes:
    """The content of a part, transfer encoding undone; empty when there is none."""
    for place, part in _numbered(parse_message(content), "", is_root=True):
        if place == number:
            if part.get_content_type() in {
                "message/rfc822",
                "message/delivery-status",
                "message/disposition-notification",
            }:
                return b"".join(inner.as_bytes() for inner in _children(part))
            payload = part.get_payload(decode=True)
            return payload if isinstance(payload, bytes) else b""
    return b""


def text(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    return str(body.get_content()) if body is not None else ""


def header(message: EmailMessage, name: str) -> str:
    return str(message.get(name, "")).strip()


def correspondents(message: EmailMessage, name: str) -> tuple[Correspondent, ...]:
    values = [str(value) for value in message.get_all(name, [])]
    return tuple(Correspondent(name, address) for name, address in people_in(values) if address)


@lru_cache(maxsize=500)
def thread(content: bytes) -> frozenset[str]:
    """The Message-IDs of a thread: the message's own and those it refers to."""
    message = parse_message(content)
    names = ("message-id", "in-reply-to", "references")
    return frozenset(word for name in names for word in header(message, name).split())


def matches_filters(content: bytes, flags: frozenset[str], view: View) -> bool:
    """Whether a message passes the `only` filters of a view."""
    if not view.only:
        return True
    row = summary(0, content, _ANY_DAY)
    everyone = [c.address.lower() for c in (*row.to, *correspondents(parse_message(content), "cc"))]
    conditions = {
        Only.UNREAD: "\\Seen" not in flags,
        Only.FLAGGED: "\\Flagged" in flags,
        Only.ATTACHED: row.has_attachment,
        Only.COLLEAGUES: row.sender.address.lower().rpartition("@")[2] in view.domains,
        Only.TO_ME: len(everyone) == 1 and everyone[0] in view.mine,
    }
    return all(conditions[only] for only in view.only)


def sender_sort_key(content: bytes) -> str:
    sender = summary(0, content, _ANY_DAY).sender
    return (sender.name or sender.address).casefold()


def subject_sort_key(content: bytes) -> str:
    """The subject without its `Re:`, as SORT compares them (RFC 5256 §2.1)."""
    return _REPLY_PREFIX.sub("", header(parse_message(content), "subject")).casefold()


def group_threads[T](items: list[T], ids_of: Callable[[T], frozenset[str]]) -> list[list[T]]:
    """Group the items that share an identifier; a group stands where its first item stood."""
    groups: list[tuple[set[str], list[T]]] = []
    for item in items:
        ids = set(ids_of(item))
        joined = [group for group in groups if group[0] & ids]
        if not joined:
            groups.append((ids, [item]))
            continue
        first = joined[0]
        for other in joined[1:]:
            first[0].update(other[0])
            first[1].extend(other[1])
            groups.remove(other)
        first[0].update(ids)
        first[1].append(item)
    return [group for _, group in groups]


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _children(part: EmailMessage) -> list[EmailMessage]:
    payload = part.get_payload()
    return (
        [child for child in payload if isinstance(child, EmailMessage)] if isinstance(payload, list) else []
    )


def _child_numbers(part: EmailMessage, number: str, *, is_root: bool) -> Iterator[tuple[str, EmailMessage]]:
    prefix = "" if is_root else f"{number}."
    children = _children(part)
    if part.get_content_type() == "message/rfc822" and children and not children[0].is_multipart():
        yield f"{prefix}1", children[0]
    elif part.get_content_type() == "message/rfc822" and children:
        yield from _child_numbers(children[0], number, is_root=is_root)
    else:
        yield from ((f"{prefix}{place}", child) for place, child in enumerate(children, 1))


def _numbered(part: EmailMessage, number: str, *, is_root: bool) -> Iterator[tuple[str, EmailMessage]]:
    if is_root and part.get_content_maintype() != "multipart":
        number, is_root = "1", False
    yield number, part
    for child_number, child in _child_numbers(part, number, is_root=is_root):
        yield from _numbered(child, child_number, is_root=False)


def _part(part: EmailMessage, number: str, *, is_root: bool = False) -> Part:
    if is_root and part.get_content_maintype() != "multipart":
        number, is_root = "1", False
    children = tuple(_part(child, n) for n, child in _child_numbers(part, number, is_root=is_root))
    payload = b"" if part.is_multipart() else part.get_payload(decode=False)
    return Part(
        number=number,
        kind=part.get_content_type(),
        charset=str(part.get_content_charset() or ""),
        encoding="" if children else str(part.get("content-transfer-encoding", "7bit")).lower(),
        size=len(payload) if isinstance(payload, (str, bytes)) else 0,
        name=part.get_filename() or "",
        content_id=header(part, "content-id"),
        disposition=part.get_content_disposition() or "",
        children=children,
        flow=flow_of(str(part.get_param("format", "")), str(part.get_param("delsp", ""))),
    )
