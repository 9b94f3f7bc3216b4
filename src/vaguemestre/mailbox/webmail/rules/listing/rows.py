"""Rows of a message list, in words."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple
from unicodedata import normalize

from vaguemestre.foundation.kernel.text import sizes
from vaguemestre.mailbox.webmail.rules import french
from vaguemestre.mailbox.webmail.rules.listing.folders import slug
from vaguemestre.mailbox.webmail.rules.listing.labels import Label, labels_in
from vaguemestre.mailbox.webmail.rules.rendering.kinds import icon_of
from vaguemestre.mailbox.webmail.rules.trust.from_field import holds_address
from vaguemestre.post.mailstore.values import INVITATION, Correspondent, Flag, Order, Row, Summary, Use


class Line(NamedTuple):
    """A row in words. `heading`: usually a date; `lines_of` leaves it empty below a row with the same.

    A tuple for speed: a frozen dataclass of this width takes four times as long, for fifty rows a list.
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
    tells_draft: bool = False  # among others, a draft would look sent
    is_scheduled: bool = False  # a draft that leaves at an hour chosen
    is_invitation: bool = False  # a calendar among the text parts, not a file


def without_detail(address: str) -> str:
    """The address in lower case, without its sub-address (RFC 5233)."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


_OUTGOING = (Use.SENT, Use.DRAFTS)


def lines_of(
    rows: Iterable[Row],
    *,
    today: date,
    uses: Mapping[str, Use],
    own_domains: frozenset[str],
    order: Order = Order.DATE,
    labels: Collection[Label] = (),
    names: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Line]:
    """Rows in words, each heading once. Parameters as in `LineContext`."""
    context = LineContext(today, uses, own_domains, order, labels, names)
    heading = ""
    for row in rows:
        line = line_of(row, context)
        yield line if line.heading != heading else line._replace(heading="")
        heading = line.heading


class LineContext(NamedTuple):
    """What puts rows in words, the same for all rows of a list. `own_domains`: lower case.

    `labels`: the user's; `names`: directory names by address, in lower case and without sub-address;
    `list_use`: of the folder that is listed, if it has one.
    """

    today: date
    uses: Mapping[str, Use]
    own_domains: frozenset[str]
    order: Order = Order.DATE
    labels: Collection[Label] = ()
    names: Mapping[str, str] = MappingProxyType({})
    list_use: Use | None = None


def line_of(row: Row, context: LineContext) -> Line:
    """One row in words, with its heading."""
    today, uses, own_domains, order, own_labels, names, list_use = context
    summary, flags, ref = row.summary, row.flags, row.ref
    use = uses.get(ref.folder)
    is_outgoing = use in _OUTGOING
    is_by_date = order is Order.DATE
    sender = _sender_name(summary.sender, use, own_domains, names)
    sender = TOO_COMPLEX if summary.is_too_complex else sender
    people = _recipients(summary) if is_outgoing and not summary.is_too_complex else sender
    return Line(
        heading=french.heading(summary.date, today) if is_by_date else _heading(row, people, order),
        uid=ref.uid,
        uid_validity=ref.uid_validity,
        folder=ref.folder,
        step=slug(ref.folder),
        people=people,
        face=display_name(_first_recipient(summary)) if is_outgoing else sender,
        time=french.row_time(summary.date, today) if is_by_date else french.day_time(summary.date, today),
        moment=summary.date.isoformat(),
        subject=one_line(summary.subject) or "(sans objet)",
        preview=one_line(summary.preview),
        is_unread=Flag.SEEN not in flags,
        is_flagged=Flag.FLAGGED in flags,
        is_answered=Flag.ANSWERED in flags,
        is_forwarded=Flag.FORWARDED in flags,
        attached_icon=_attached_icon(summary),
        is_external=not is_outgoing and is_external(summary.sender, own_domains),
        is_draft=use is Use.DRAFTS,
        tells_draft=use is Use.DRAFTS and list_use is not Use.DRAFTS,
        is_muted=Flag.MUTED in flags,
        is_reminded=Flag.REMINDED in flags,
        is_unanswered=Flag.UNANSWERED in flags,
        is_scheduled=use is Use.DRAFTS and Flag.SCHEDULED in flags,
        labels=labels_in(flags, own_labels),
        others=tuple(f"{slug(other.folder)}/{other.uid_validity}/{other.uid}" for other in row.others),
        weight=sizes.in_words(summary.size) if order is Order.SIZE else "",
        is_invitation=not summary.has_attachment and summary.attached == INVITATION,
    )


def _attached_icon(summary: Summary) -> str:
    """The icon of what is attached; empty if nothing is."""
    is_shown = summary.has_attachment or summary.attached == INVITATION
    return icon_of(*summary.attached) if is_shown else ""


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


TOO_COMPLEX = "(courriel trop complexe)"  # shown in place of the sender


def _sender_name(
    sender: Correspondent, use: Use | None, own_domains: frozenset[str], names: Mapping[str, str]
) -> str:
    """Directory name of an address of ours; in Junk, where forged ones are, the address alone."""
    is_bare = "@" not in sender.address  # the mail store could not parse the domain
    if use is Use.JUNK and sender.address and (is_bare or not is_external(sender, own_domains)):
        return one_line(sender.address)
    return (names and names.get(without_detail(sender.address))) or display_name(sender)


def display_name(person: Correspondent) -> str:
    """The name, or the address if there is no name or it holds another address."""
    name, address = one_line(person.name), one_line(person.address)
    if address and name != address and holds_address(name):
        return address
    return name or address or "(expéditeur inconnu)"


def is_external(person: Correspondent, own_domains: frozenset[str]) -> bool:
    """Whether the address is of another domain; one of ours is no proof of the sender."""
    domain = person.address.rpartition("@")[2].strip().rstrip(".").lower()  # a root dot is equivalent
    return bool(domain) and domain not in own_domains


def one_line(text: str) -> str:
    """The text on one line, without unprintable characters."""
    if text.isprintable() and "  " not in text:  # nearly always; U+0020 is the only printable space
        return text.strip()
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(text.split())


def _first_recipient(summary: Summary) -> Correspondent:
    return next(iter((*summary.to, *summary.cc, *summary.bcc)), summary.sender)


def _recipients(summary: Summary) -> str:
    for label, people in (("À", summary.to), ("Cc", summary.cc), ("Cci", summary.bcc)):
        if people:
            names = ", ".join(display_name(person) for person in people[:3])
            return f"{label} : {names}" + (f" et {len(people) - 3} autres" if len(people) > 3 else "")
    return "(sans destinataire)"
