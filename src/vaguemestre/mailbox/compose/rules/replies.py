"""Initial content of replies and forwards (RFC 5322 §3.6.4)."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from html import escape

from vaguemestre.foundation.kernel.text.french_dates import dated_moment_fr
from vaguemestre.mailbox.compose.values import Mode, ReplyDraft
from vaguemestre.post.mailstore.values import Correspondent, OpenedMessage
from vaguemestre.post.outbox.rules.headers import trimmed_references, usable_message_id
from vaguemestre.post.outbox.rules.recipients import formatted_recipients
from vaguemestre.post.outbox.values import Recipient

_REPLY = re.compile(r"^(?:(?:re|rép|rep|aw|sv)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_FORWARD = re.compile(r"^(?:(?:tr|fwd?|wg)\s*:\s*)+", re.IGNORECASE)


def reply_draft(mode: Mode, original: OpenedMessage, own_addresses: Collection[str], body: str) -> ReplyDraft:
    """Reply to the original, or forward of it.

    `own_addresses`: those of the writer, lower case. `body`: clean HTML of the original.
    """
    to, cc = reply_recipients(mode, original, own_addresses)
    message_id = usable_message_id(original.message_id)
    is_forward = mode.is_forward
    thread = original.references or ((original.in_reply_to,) if original.in_reply_to else ())
    return ReplyDraft(
        to=formatted_recipients(to),
        cc=formatted_recipients(cc),
        subject=reply_subject(mode, original.subject),
        quote=_quote(mode, original, body),
        in_reply_to="" if is_forward else message_id,
        references=trimmed_references(thread, message_id),
        list_name="" if is_forward else list_name(original),
        author="" if is_forward else formatted_recipients(_author(original, own_addresses)),
    )


def _author(original: OpenedMessage, own_addresses: Collection[str]) -> tuple[Recipient, ...]:
    """Recipients of a reply to the author alone, even if the list sets Reply-To."""
    if list_name(original):
        return _people(original.sender)
    return reply_recipients(Mode.REPLY, original, own_addresses)[0]


def list_name(original: OpenedMessage) -> str:
    """Mailing list of the message (RFC 2919: its description, else its identifier); "" for none."""
    list_id = next((value for name, value in original.fields if name == "list-id"), "")
    words, _, identifier = list_id.partition("<")
    name = words.strip().strip('"') or identifier.strip(" >").partition(".")[0]
    return " ".join(name.split())[:200]


def reply_subject(mode: Mode, subject: str) -> str:
    """Subject with a single `Re: ` or `Tr: `; French and foreign equivalents are removed."""
    subject = " ".join(subject.split())
    if mode.is_forward:
        return "Tr: " + _FORWARD.sub("", subject)
    return "Re: " + _REPLY.sub("", subject)


def reply_recipients(
    mode: Mode, original: OpenedMessage, own_addresses: Collection[str]
) -> tuple[tuple[Recipient, ...], tuple[Recipient, ...]]:
    """« À » and « Cc » of a reply: Reply-To before From; never the writer, unless nobody else is left."""
    if mode.is_forward:
        return (), ()
    authors = _people(original.reply_to or original.sender)
    others = _people(original.to)
    if authors and all(person.address in own_addresses for person in authors):
        to = others or authors  # a reply to one's own message goes to its recipients
    elif mode is Mode.REPLY:
        to = authors
    else:
        to = (*authors, *others)
    cc = _people(original.cc) if mode is Mode.REPLY_ALL else ()
    to = _unique(to, own_addresses) or _unique(to, ())
    return to, _unique(cc, {*own_addresses, *(person.address for person in to)})


def long_date(moment: datetime) -> str:
    """`25 novembre 2026 à 9 h 42`, in Paris, with plain spaces: other programs look for that line."""
    return dated_moment_fr(moment).replace("\N{NO-BREAK SPACE}", " ")


def _quote(mode: Mode, original: OpenedMessage, body: str) -> str:
    if mode is Mode.ENCLOSE:
        return ""
    return _forwarded(original, body) if mode is Mode.FORWARD else _quoted(original, body)


def _quoted(original: OpenedMessage, body: str) -> str:
    moment = original.date or original.received
    author = original.sender[0] if original.sender else Correspondent("", "un correspondant")
    introduction = f"Le {long_date(moment)}, {author.name or author.address} a écrit :"
    return f'<p>{escape(introduction)}</p><blockquote type="cite">{body}</blockquote>'


def _forwarded(original: OpenedMessage, body: str) -> str:
    lines = [
        ("De", _names(original.sender)),
        ("Date", long_date(original.date or original.received)),
        ("Objet", " ".join(original.subject.split())),
        ("À", _names(original.to)),
        ("Cc", _names(original.cc)),
    ]
    header = "<br>".join(f"{label} : {escape(value)}" for label, value in lines if value)
    return f"<p>---------- Message transféré ----------<br>{header}</p>{body}"


def _names(people: Iterable[Correspondent]) -> str:
    return ", ".join(f"{p.name} <{p.address}>" if p.name else p.address for p in people)


def _people(correspondents: Iterable[Correspondent]) -> tuple[Recipient, ...]:
    return tuple(
        Recipient(" ".join(c.name.split()), c.address.strip().lower()) for c in correspondents if c.address
    )


def _unique(people: Iterable[Recipient], excluded: Collection[str]) -> tuple[Recipient, ...]:
    by_address: dict[str, Recipient] = {}
    for person in people:
        if person.address not in excluded:
            by_address.setdefault(person.address, person)
    return tuple(by_address.values())
