"""What an answer or a forward starts with (RFC 5322 §3.6.4)."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from html import escape

from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.mailbox.compose.values import Answer, Mode
from vaguemestre.post.mailstore.values import Correspondent, OpenedMessage
from vaguemestre.post.outbox.rules.headers import kept_references, usable_message_id
from vaguemestre.post.outbox.rules.recipients import shown_recipients
from vaguemestre.post.outbox.values import Recipient

_REPLY = re.compile(r"^(?:(?:re|rép|rep|aw|sv)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_FORWARD = re.compile(r"^(?:(?:tr|fwd?|wg)\s*:\s*)+", re.IGNORECASE)
_MONTHS = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()  # noqa: SIM905
)


def answer_to(mode: Mode, original: OpenedMessage, own: Collection[str], body: str) -> Answer:
    """`own`: every address of the writer, lower case. `body`: the original as clean HTML."""
    to, cc = answered_people(mode, original, own)
    message_id = usable_message_id(original.message_id)
    is_forward = mode.is_forward
    known = original.references or ((original.in_reply_to,) if original.in_reply_to else ())
    return Answer(
        to=shown_recipients(to),
        cc=shown_recipients(cc),
        subject=answered_subject(mode, original.subject),
        quote=_quote(mode, original, body),
        in_reply_to="" if is_forward else message_id,
        references=kept_references(known, message_id),
        list_name="" if is_forward else list_name(original),
        author="" if is_forward else shown_recipients(_author(original, own)),
    )


def _author(original: OpenedMessage, own: Collection[str]) -> tuple[Recipient, ...]:
    """Whoever wrote it, even when a list asks for answers to all of it."""
    if list_name(original):
        return _people(original.sender)
    return answered_people(Mode.REPLY, original, own)[0]


def list_name(original: OpenedMessage) -> str:
    """The list a message came through (RFC 2919: its words, else its identifier); empty for none."""
    told = next((value for name, value in original.fields if name == "list-id"), "")
    words, _, identifier = told.partition("<")
    name = words.strip().strip('"') or identifier.strip(" >").partition(".")[0]
    return " ".join(name.split())[:200]


def answered_subject(mode: Mode, subject: str) -> str:
    """`Re: ` or `Tr: ` once, whatever stood before; French and foreign marks of the same meaning go."""
    subject = " ".join(subject.split())
    if mode.is_forward:
        return "Tr: " + _FORWARD.sub("", subject)
    return "Re: " + _REPLY.sub("", subject)


def answered_people(
    mode: Mode, original: OpenedMessage, own: Collection[str]
) -> tuple[tuple[Recipient, ...], tuple[Recipient, ...]]:
    """« À » and « Cc » of the answer: Reply-To before From; never oneself, unless nobody else is left."""
    if mode.is_forward:
        return (), ()
    authors = _people(original.reply_to or original.sender)
    others = _people(original.to)
    if authors and all(person.address in own for person in authors):
        to = others or authors  # answering one's own message means writing again to its recipients
    elif mode is Mode.REPLY:
        to = authors
    else:
        to = (*authors, *others)
    cc = _people(original.cc) if mode is Mode.REPLY_ALL else ()
    to = _once(to, own) or _once(to, ())
    return to, _once(cc, {*own, *(person.address for person in to)})


def long_date(moment: datetime) -> str:
    """`25 novembre 2026 à 09:42`, in Paris."""
    local = moment.astimezone(PARIS)
    day = "1er" if local.day == 1 else str(local.day)
    return f"{day} {_MONTHS[local.month - 1]} {local.year} à {local:%H:%M}"


def _quote(mode: Mode, original: OpenedMessage, body: str) -> str:
    if mode is Mode.ENCLOSE:
        return ""
    return _forwarded(original, body) if mode is Mode.FORWARD else _quoted(original, body)


def _quoted(original: OpenedMessage, body: str) -> str:
    moment = original.date or original.received
    author = original.sender[0] if original.sender else Correspondent("", "un correspondant")
    said = f"Le {long_date(moment)}, {author.name or author.address} a écrit :"
    return f'<p>{escape(said)}</p><blockquote type="cite">{body}</blockquote>'


def _forwarded(original: OpenedMessage, body: str) -> str:
    lines = [
        ("De", _names(original.sender)),
        ("Date", long_date(original.date or original.received)),
        ("Objet", " ".join(original.subject.split())),
        ("À", _names(original.to)),
        ("Cc", _names(original.cc)),
    ]
    shown = "<br>".join(f"{label} : {escape(value)}" for label, value in lines if value)
    return f"<p>---------- Message transféré ----------<br>{shown}</p>{body}"


def _names(people: Iterable[Correspondent]) -> str:
    return ", ".join(f"{p.name} <{p.address}>" if p.name else p.address for p in people)


def _people(correspondents: Iterable[Correspondent]) -> tuple[Recipient, ...]:
    return tuple(
        Recipient(" ".join(c.name.split()), c.address.strip().lower()) for c in correspondents if c.address
    )


def _once(people: Iterable[Recipient], without: Collection[str]) -> tuple[Recipient, ...]:
    found: dict[str, Recipient] = {}
    for person in people:
        if person.address not in without:
            found.setdefault(person.address, person)
    return tuple(found.values())
