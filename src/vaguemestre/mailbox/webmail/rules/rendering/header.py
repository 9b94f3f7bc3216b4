"""Header of a displayed message: author, recipients, date."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from vaguemestre.foundation.kernel.text import sizes
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.webmail.rules import french
from vaguemestre.mailbox.webmail.rules.listing.rows import display_name, is_external, one_line
from vaguemestre.mailbox.webmail.rules.trust.from_field import AMBIGUOUS, whole_author
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


def build_header(
    opened: OpenedMessage,
    *,
    today: date,
    own: Collection[str],
    own_domains: frozenset[str],
    me: str = "moi",
    author: Correspondent | None = None,
) -> Header:
    """Build the header. `own`: the mailbox's addresses, lower case; `me`: word for them; `author`: to
    display.

    The address is always shown beside the name.
    """
    sender = whole_author(opened.sender)
    author = author or sender
    moment = opened.date or opened.received
    return Header(
        subject=one_line(opened.subject) or "(sans objet)",
        name=display_name(author),
        address=one_line(author.address),
        is_external=is_external(author, own_domains),
        answers_elsewhere=_reply_elsewhere(opened, sender),
        recipients=_recipients(opened, own, me),
        date=french.long_date(moment, today),
        moment=moment.isoformat(),
        fields=_fields(opened, author),
    )


def _recipients(opened: OpenedMessage, own: Collection[str], me: str) -> str:
    people = (*opened.to, *opened.cc)
    if opened.bcc and not people:  # a sent message: received ones have no Bcc
        return f"{recipients_line(opened.bcc, own, me)}, en copie cachée"
    return recipients_line(people, own, me)


def recipients_line(people: Collection[Correspondent], own: Collection[str], me: str = "moi") -> str:
    """Recipients in French: `à moi, Karim Benali et 6 autres`."""
    to_me = any(person.address.lower() in own for person in people)
    others = [display_name(person) for person in people if person.address.lower() not in own]
    names = ([me] if to_me else []) + others
    if not names:
        return "sans destinataire visible"
    rest = len(names) - 3
    if rest > 1:
        return f"à {', '.join(names[:3])} et {counted(rest, 'autre')}"
    return f"à {names[0]}" if len(names) == 1 else f"à {', '.join(names[:-1])} et {names[-1]}"


def _reply_elsewhere(opened: OpenedMessage, sender: Correspondent) -> str:
    """Addresses a reply would go to in another domain than the sender's."""
    domain = sender.address.rpartition("@")[2].lower()
    addresses = [person.address for person in opened.reply_to if "@" in person.address]
    other = [address for address in addresses if address.rpartition("@")[2].lower() != domain]
    return ", ".join(one_line(address) for address in other[:3])


def _fields(opened: OpenedMessage, author: Correspondent) -> tuple[tuple[str, str], ...]:
    moment = opened.date or opened.received
    lines = (
        ("De", _people((author,) if author.name == AMBIGUOUS or not author.name else opened.sender)),
        ("À", _people(opened.to)),
        ("Cc", _people(opened.cc)),
        ("Cci", _people(opened.bcc)),
        ("Répondre à", _people(opened.reply_to) if opened.reply_to != opened.sender else ""),
        ("Date", f"{french.full_day(paris_day(moment))} à {french.hour(moment)}"),
        ("Taille", sizes.in_words(opened.size)),
    )
    return tuple((label, value) for label, value in lines if value)


def _people(people: tuple[Correspondent, ...]) -> str:
    names = [
        f"{one_line(p.name)} <{one_line(p.address)}>" if p.name else one_line(p.address) for p in people[:100]
    ]
    more = len(people) - len(names)
    return ", ".join(names) + (f" et {counted(more, 'autre')}" if more > 0 else "")
