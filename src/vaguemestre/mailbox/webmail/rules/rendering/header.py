"""The top of a message in words: who wrote, to whom, when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from vaguemestre.foundation.kernel import sizes
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.webmail.rules import french
from vaguemestre.mailbox.webmail.rules.listing.rows import is_external, one_line, said
from vaguemestre.mailbox.webmail.rules.trust.from_field import AMBIGUOUS
from vaguemestre.post.mailstore.values import Correspondent, OpenedMessage


@dataclass(frozen=True)
class Header:
    subject: str
    name: str
    address: str
    is_external: bool
    answers_elsewhere: str
    recipients: str
    date: str
    moment: str
    fields: tuple[tuple[str, str], ...]


def header(
    opened: OpenedMessage,
    *,
    today: date,
    own: Collection[str],
    own_domains: frozenset[str],
    me: str = "moi",
    shown: Correspondent | None = None,
) -> Header:
    """`own`: the mailbox's addresses, lower case; `me`: what they are called; `shown`: the sender to show.

    The address is always shown beside the name it claims.
    """
    sender = opened.sender[0] if opened.sender else Correspondent("", "")
    shown = shown or sender
    moment = opened.date or opened.received
    return Header(
        subject=one_line(opened.subject) or "(sans objet)",
        name=said(shown),
        address=one_line(shown.address),
        is_external=is_external(shown, own_domains),
        answers_elsewhere=_elsewhere(opened, sender),
        recipients=_written_to(opened, own, me),
        date=french.long_date(moment, today),
        moment=moment.isoformat(),
        fields=_fields(opened, shown),
    )


def _written_to(opened: OpenedMessage, own: Collection[str], me: str) -> str:
    shown = (*opened.to, *opened.cc)
    if opened.bcc and not shown:  # a message of one's own: nobody else is told
        return f"{recipients(opened.bcc, own, me)}, en copie cachée"
    return recipients(shown, own, me)


def recipients(people: Collection[Correspondent], own: Collection[str], me: str = "moi") -> str:
    """`à moi, Karim Benali et 6 autres`"""
    to_me = any(person.address.lower() in own for person in people)
    others = [said(person) for person in people if person.address.lower() not in own]
    shown = ([me] if to_me else []) + others
    if not shown:
        return "sans destinataire visible"
    rest = len(shown) - 3
    if rest > 1:
        return f"à {', '.join(shown[:3])} et {counted(rest, 'autre')}"
    return f"à {shown[0]}" if len(shown) == 1 else f"à {', '.join(shown[:-1])} et {shown[-1]}"


def _elsewhere(opened: OpenedMessage, sender: Correspondent) -> str:
    """Where an answer would go when that is another domain than the one that wrote."""
    domain = sender.address.rpartition("@")[2].lower()
    other = [p.address for p in opened.reply_to if p.address.rpartition("@")[2].lower() != domain]
    return ", ".join(one_line(address) for address in other[:3])


def _fields(opened: OpenedMessage, shown: Correspondent) -> tuple[tuple[str, str], ...]:
    moment = opened.date or opened.received
    lines = (
        ("De", _people((shown,) if shown.name == AMBIGUOUS or not shown.name else opened.sender)),
        ("À", _people(opened.to)),
        ("Cc", _people(opened.cc)),
        ("Cci", _people(opened.bcc)),
        ("Répondre à", _people(opened.reply_to) if opened.reply_to != opened.sender else ""),
        ("Date", f"{french.full_day(paris_day(moment))} à {french.hour(moment)}"),
        ("Taille", sizes.in_words(opened.size)),
    )
    return tuple((label, value) for label, value in lines if value)


def _people(people: tuple[Correspondent, ...]) -> str:
    shown = [
        f"{one_line(p.name)} <{one_line(p.address)}>" if p.name else one_line(p.address) for p in people[:100]
    ]
    more = len(people) - len(shown)
    return ", ".join(shown) + (f" et {counted(more, 'autre')}" if more > 0 else "")
