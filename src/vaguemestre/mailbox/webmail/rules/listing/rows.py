"""A page of messages → the lines that the list writes."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple
from unicodedata import normalize

from vaguemestre.foundation.kernel import sizes
from vaguemestre.mailbox.webmail.rules import french
from vaguemestre.mailbox.webmail.rules.listing.folders import slug
from vaguemestre.mailbox.webmail.rules.listing.labels import Label, labels
from vaguemestre.mailbox.webmail.rules.rendering.kinds import icon_of
from vaguemestre.mailbox.webmail.rules.trust.from_field import holds_address
from vaguemestre.post.mailstore.values import INVITATION, Correspondent, Flag, Order, Row, Summary, Use


class Line(NamedTuple):
    """A row in words. `heading`: what it stands under, a day for most; empty below another of the same.

    A tuple, because fifty are made for each list: a frozen dataclass of that width takes four times as long.
    """

    heading: str
    uid: int
    uid_validity: int
    folder: str
    step: str
    people: str
    face: str
    time: str
    moment: str
    subject: str
    preview: str
    is_unread: bool
    is_flagged: bool
    is_answered: bool
    is_forwarded: bool
    attached_icon: str
    is_external: bool
    is_draft: bool
    is_muted: bool = False
    is_reminded: bool = False
    is_unanswered: bool = False
    labels: tuple[Label, ...] = ()
    others: tuple[str, ...] = ()  # the rest of the conversation, as `folder step/UIDVALIDITY/UID`
    weight: str = ""
    is_invitation: bool = False  # by what stands among the texts: there is no file then


def without_detail(address: str) -> str:
    """An address in lower case, its sub-address (RFC 5233) left out."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


_OUTGOING = (Use.SENT, Use.DRAFTS)


def lines(
    rows: Iterable[Row],
    *,
    today: date,
    uses: Mapping[str, Use],
    own_domains: frozenset[str],
    order: Order = Order.DATE,
    known: Collection[Label] = (),
    names: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Line]:
    """`uses`: what each folder is for, by name; `own_domains`: lower case; `known`: the person's labels.

    `names`: what the directory calls addresses of ours, lower case and without detail.
    """
    before = ""
    for row in rows:
        line = line_of(row, today, uses, own_domains, order, known, names)
        yield line if line.heading != before else line._replace(heading="")
        before = line.heading


def line_of(
    row: Row,
    today: date,
    uses: Mapping[str, Use],
    own_domains: frozenset[str],
    order: Order = Order.DATE,
    known: Collection[Label] = (),
    names: Mapping[str, str] = MappingProxyType({}),
) -> Line:
    """One row, its heading always told."""
    summary, flags, ref = row.summary, row.flags, row.ref
    use = uses.get(ref.folder)
    is_outgoing = use in _OUTGOING
    is_by_date = order is Order.DATE
    sender = _shown_sender(summary.sender, use, own_domains, names)
    sender = TOO_COMPLEX if summary.is_too_complex else sender
    people = _recipients(summary) if is_outgoing and not summary.is_too_complex else sender
    return Line(
        heading=french.heading(summary.date, today) if is_by_date else _heading(row, people, order),
        uid=ref.uid,
        uid_validity=ref.uid_validity,
        folder=ref.folder,
        step=slug(ref.folder),
        people=people,
        face=said(_first(summary)) if is_outgoing else sender,
        time=french.row_time(summary.date, today) if is_by_date else french.day_time(summary.date, today),
        moment=summary.date.isoformat(),
        subject=one_line(summary.subject) or "(sans objet)",
        preview=one_line(summary.preview),
        is_unread=Flag.SEEN not in flags,
        is_flagged=Flag.FLAGGED in flags,
        is_answered=Flag.ANSWERED in flags,
        is_forwarded=Flag.FORWARDED in flags,
        attached_icon=icon_of(*summary.attached)
        if summary.has_attachment or summary.attached == INVITATION
        else "",
        is_external=not is_outgoing and is_external(summary.sender, own_domains),
        is_draft=use is Use.DRAFTS,
        is_muted=Flag.MUTED in flags,
        is_reminded=Flag.REMINDED in flags,
        is_unanswered=Flag.UNANSWERED in flags,
        labels=labels(flags, known),
        others=tuple(f"{slug(one.folder)}/{one.uid_validity}/{one.uid}" for one in row.others),
        weight=sizes.in_words(summary.size) if order is Order.SIZE else "",
        is_invitation=not summary.has_attachment and summary.attached == INVITATION,
    )


_WEIGHTS = ((10_000_000, "Plus de 10 Mo"), (1_000_000, "De 1 à 10 Mo"), (100_000, "De 100 ko à 1 Mo"))


def _heading(row: Row, people: str, order: Order) -> str:
    if order is Order.SIZE:
        return next((said for least, said in _WEIGHTS if row.summary.size >= least), "Moins de 100 ko")
    if order is Order.RELEVANCE:
        return "Par pertinence"
    if order is Order.SENDER:
        name = people.removeprefix("À : ").removeprefix("Cc : ").removeprefix("Cci : ")
        letter = normalize("NFD", name.lstrip(" \"'«("))[:1].upper()
        return letter if letter.isalpha() else "#"
    return "Par objet"


TOO_COMPLEX = "(courriel trop complexe)"  # in place of its people


def _shown_sender(
    sender: Correspondent, use: Use | None, own_domains: frozenset[str], names: Mapping[str, str]
) -> str:
    """Of an address of ours the directory's name; in Junk, where forged ones are, the address alone."""
    is_bare = "@" not in sender.address  # of a domain that the mail store could not read
    if use is Use.JUNK and sender.address and (is_bare or not is_external(sender, own_domains)):
        return one_line(sender.address)
    return (names and names.get(without_detail(sender.address))) or said(sender)


def said(person: Correspondent) -> str:
    """A name, or the address when there is none, or when the name is made to be read as another address."""
    name, address = one_line(person.name), one_line(person.address)
    if address and name != address and holds_address(name):
        return address
    return name or address or "(expéditeur inconnu)"


def is_external(person: Correspondent, own_domains: frozenset[str]) -> bool:
    """Whether the address is of another domain. That it is of ours proves nothing: nothing is said then."""
    domain = person.address.rpartition("@")[2].strip().rstrip(".").lower()  # a root dot changes nothing
    return bool(domain) and domain not in own_domains


def one_line(text: str) -> str:
    """On one line, without what cannot be printed."""
    if text.isprintable() and "  " not in text:  # nearly always; no other space than this one is printable
        return text.strip()
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(text.split())


def _first(summary: Summary) -> Correspondent:
    return next(iter((*summary.to, *summary.cc, *summary.bcc)), summary.sender)


def _recipients(summary: Summary) -> str:
    for label, people in (("À", summary.to), ("Cc", summary.cc), ("Cci", summary.bcc)):
        if people:
            names = ", ".join(said(person) for person in people[:3])
            return f"{label} : {names}" + (f" et {len(people) - 3} autres" if len(people) > 3 else "")
    return "(sans destinataire)"
