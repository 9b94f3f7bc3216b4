"""Authors, recipients and subjects of ENVELOPE items (RFC 9051 §7.5.2). Pure and total."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from vaguemestre.engines.imap.protocol import headers
from vaguemestre.engines.imap.protocol.line_stream import Line
from vaguemestre.engines.imap.protocol.response_tree import (
    Items,
    Node,
    fetched_items,
    list_of,
    number_of,
    text_of,
)
from vaguemestre.mailbox.webmail.rules.trust.from_field import AMBIGUOUS, whole_author
from vaguemestre.post.mailstore.values import Correspondent

MAX_LISTED = 20  # recipients that a list row may need
_MAX_SHOWN = 5_000
_FIELD_COUNT = 10
NOBODY = Correspondent("", "")
_SEVERAL = Correspondent(AMBIGUOUS, "")


@dataclass(frozen=True, slots=True)
class Envelope:
    """The sender and every recipient of To and Cc, addresses in lower case, from FETCH (UID ENVELOPE)."""

    uid: int
    subject: str
    sender: str
    to: tuple[str, ...]


def envelopes(lines: Iterable[Line]) -> list[Envelope]:
    """The envelopes of FETCH lines, in their order."""
    return [_envelope(items) for items in fetched_items(lines)]


def _envelope(items: Items) -> Envelope:
    fields = envelope_fields(items.get("ENVELOPE"))
    senders = correspondents(fields[2], 1)
    recipients = (*correspondents(fields[5]), *correspondents(fields[6]))
    return Envelope(
        number_of(items.get("UID")),
        headers.decoded(text_of(fields[1])),
        senders[0].address.lower() if senders else "",
        tuple(recipient.address.lower() for recipient in recipients),
    )


def envelope_fields(node: Node) -> list[Node]:
    """The ten fields: date, subject, from, sender, reply-to, to, cc, bcc, in-reply-to, message-id."""
    fields = list_of(node)
    fields += [None] * (_FIELD_COUNT - len(fields))
    return fields[:_FIELD_COUNT]


def searchable_texts(items: Items) -> list[str]:
    """The texts of an ENVELOPE that a phrase is searched in: the subject, then each name with its address."""
    fields = envelope_fields(items.get("ENVELOPE"))
    people = [person for place in (2, 5, 6) for person in correspondents(fields[place])]
    return [headers.decoded(text_of(fields[1])), *(f"{person.name} {person.address}" for person in people)]


def sole_author(node: Node) -> Correspondent:
    """The author that a row may show: none of several, nor of a group, whose members programs read unlike."""
    if not isinstance(node, list) or len(node) < 2:
        return next(iter(correspondents(node, 1)), NOBODY)
    is_group = any(
        isinstance(address, list) and len(address) == 4 and address[3] is None
        for address in node[:MAX_LISTED]
    )
    authors = [author for author in correspondents(node, MAX_LISTED) if "@" in author.address]
    if is_group or len({author.address.lower() for author in authors}) != 1:
        return _SEVERAL
    return whole_author(correspondents(node, MAX_LISTED))


def correspondents(node: Node, most: int = _MAX_SHOWN) -> tuple[Correspondent, ...]:
    """The people of an address list, the first `most` of them."""
    if not isinstance(node, list):
        return ()
    people = []
    for address in node[:most]:
        # (name route mailbox host); a group's beginning and end have no host
        if isinstance(address, list) and len(address) == 4 and address[3] is not None:
            name, _, mailbox, host = address
            people.append(_correspondent(text_of(name), text_of(mailbox), text_of(host)))
    return tuple(people)


@lru_cache(maxsize=8192)
def _correspondent(name: str, mailbox: str, host: str) -> Correspondent:
    local = "" if mailbox == "MISSING_MAILBOX" else mailbox
    domain = "" if host in ("MISSING_DOMAIN", "") else f"@{host}"
    return Correspondent(headers.decoded(name), headers.clean(headers.plain(f"{local}{domain}")).strip())
