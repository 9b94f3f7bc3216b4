"""FETCH items → summaries and opened messages. Pure and total: nothing a mail can hold raises here."""

from collections.abc import Iterable
from itertools import chain

from vaguemestre.engines.imap.protocol import headers
from vaguemestre.engines.imap.protocol.answers import flags, section
from vaguemestre.engines.imap.protocol.body_structure import first_attachment, is_invitation, structure
from vaguemestre.engines.imap.protocol.envelopes import (
    MAX_LISTED,
    NOBODY,
    correspondents,
    envelope_fields,
    sole_author,
)
from vaguemestre.engines.imap.protocol.line_stream import Line
from vaguemestre.engines.imap.protocol.response_tree import (
    Items,
    Node,
    fetched_items,
    list_of,
    number_of,
    octets_of,
    text_of,
)
from vaguemestre.foundation.kernel.addresses import people_in
from vaguemestre.post.mailstore.values import (
    FIELDS,
    INVITATION,
    Correspondent,
    MessageRef,
    OpenedMessage,
    Part,
    Summary,
)

MAX_FIELD_BYTES = 20_000  # of a header field, where the ENVELOPE cannot be read
_MAX_LISTED_CHARACTERS = 1_000
_MAX_SIMPLE_PEOPLE = 50


def summary(items: Items, uid: int) -> Summary:
    """The part of a list row that never changes.

    From UID INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE PREVIEW.
    """
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
    uid: int, internal_date: str, preview: bytes, size: int, envelope: Node, body_structure: Node
) -> Summary:
    """The same, from the value of each of these items."""
    fields = list_of(envelope)
    fields += [None] * (10 - len(fields))
    _, subject, author, _, _, to_field, cc_field, bcc_field, in_reply_to, message_id = fields[:10]
    attachment = first_attachment(body_structure)
    invites = attachment is None and is_invitation(body_structure)
    to = correspondents(to_field, MAX_LISTED)
    cc = () if to else correspondents(cc_field, MAX_LISTED)
    return Summary(
        uid=uid,
        sender=sole_author(author),
        to=to,
        subject=headers.decoded(text_of(subject))[:_MAX_LISTED_CHARACTERS],
        date=headers.moment(internal_date),
        preview=headers.clean(preview.decode("utf-8", "replace")).strip(),
        size=size,
        has_attachment=attachment is not None,
        message_id=headers.clean(text_of(message_id)).strip()[:_MAX_LISTED_CHARACTERS],
        attached=attachment or (INVITATION if invites else ("", "")),
        in_reply_to=next(iter(headers.message_ids(text_of(in_reply_to))), "") if in_reply_to else "",
        cc=cc,
        bcc=() if to or cc else correspondents(bcc_field, MAX_LISTED),
    )


def summaries(lines: Iterable[Line]) -> dict[int, Summary]:
    """The summaries of FETCH lines by UID; `list_fetch.read_list` is the quick way."""
    return {
        uid: summary(items, uid) for items in fetched_items(lines) if (uid := number_of(items.get("UID")))
    }


def simplified_summary(items: Items, uid: int) -> Summary:
    """The summary of a message whose ENVELOPE or structure cannot be read.

    From UID INTERNALDATE RFC822.SIZE and the beginning of its Subject.
    """
    header = dict(headers.header_fields(section(items, "BODY[HEADER") or b""))
    return Summary(
        uid=uid,
        sender=NOBODY,
        to=(),
        subject=headers.decoded(header.get("subject", ""))[:_MAX_LISTED_CHARACTERS],
        date=headers.moment(text_of(items.get("INTERNALDATE"))),
        preview="",
        size=number_of(items.get("RFC822.SIZE")),
        has_attachment=False,
        is_too_complex=True,
    )


def open_message(ref: MessageRef, items: Items) -> OpenedMessage:
    """A message's headers and structure, from the same items, FLAGS and References."""
    fields = envelope_fields(items.get("ENVELOPE"))
    sender = correspondents(fields[2])
    header = headers.header_fields(section(items, "BODY[HEADER") or b"")
    return OpenedMessage(
        ref=ref,
        flags=flags(items),
        received=headers.moment(text_of(items.get("INTERNALDATE"))),
        size=number_of(items.get("RFC822.SIZE")),
        subject=headers.decoded(text_of(fields[1])),
        date=headers.header_moment(text_of(fields[0])),
        sender=sender,
        reply_to=correspondents(fields[4]) or sender,
        to=correspondents(fields[5]),
        cc=correspondents(fields[6]),
        bcc=correspondents(fields[7]),
        message_id=headers.clean(text_of(fields[9])).strip()[:_MAX_LISTED_CHARACTERS],
        in_reply_to=headers.clean(text_of(fields[8])).strip(),
        references=headers.message_ids(dict(reversed(header)).get("references", "")),
        root=structure(items.get("BODYSTRUCTURE")),
        fields=tuple(field for field in header if field[0] in FIELDS),
    )


def open_simply(ref: MessageRef, items: Items, root: Part) -> OpenedMessage:
    """A message whose ENVELOPE cannot be read, from `BODY[HEADER.FIELDS (…)]<0>` items."""
    blocks = [octets_of(value) for name, value in items.items() if name.startswith("BODY[HEADER")]
    header = [field for block in blocks for field in headers.header_fields(block)]
    first_values = dict(reversed(header))
    sender = _people(first_values.get("from", ""))
    return OpenedMessage(
        ref=ref,
        flags=flags(items),
        received=headers.moment(text_of(items.get("INTERNALDATE"))),
        size=number_of(items.get("RFC822.SIZE")),
        subject=headers.decoded(first_values.get("subject", "")),
        date=headers.header_moment(first_values.get("date", "")),
        sender=sender,
        reply_to=_people(first_values.get("reply-to", "")) or sender,
        to=_people(first_values.get("to", "")),
        cc=_people(first_values.get("cc", "")),
        message_id=first_values.get("message-id", "").strip()[:_MAX_LISTED_CHARACTERS],
        in_reply_to=first_values.get("in-reply-to", "").strip()[:_MAX_LISTED_CHARACTERS],
        references=headers.message_ids(first_values.get("references", "")),
        root=root,
        fields=tuple(field for field in header if field[0] in FIELDS),
        is_too_complex=True,
    )


def thread_ids(items: Items) -> set[str]:
    """The Message-IDs by which the rest of a conversation is found: its own and those it answers."""
    blocks = [octets_of(value) for name, value in items.items() if name.startswith("BODY[HEADER")]
    first_values = dict(reversed([field for block in blocks for field in headers.header_fields(block)]))
    own = first_values.get("message-id", "").strip()[:_MAX_LISTED_CHARACTERS]
    answered = (headers.message_ids(first_values.get(name, ""))[:1] for name in ("references", "in-reply-to"))
    return {message_id for message_id in (own, *chain.from_iterable(answered)) if message_id}


def _people(field: str) -> tuple[Correspondent, ...]:
    pairs = people_in([field[:MAX_FIELD_BYTES]], is_strict=False)[:_MAX_SIMPLE_PEOPLE]
    return tuple(
        Correspondent(headers.decoded(name), headers.clean(address))
        for name, address in pairs
        if "@" in address
    )
