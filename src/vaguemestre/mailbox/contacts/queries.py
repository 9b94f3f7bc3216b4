"""Reading address books. Every question is bound to a shelf: one's own, or a school's one serves in."""

from collections.abc import Collection, Iterator
from datetime import date

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import bare
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.contacts.models import BookWriter, Contact, SchoolBook
from vaguemestre.mailbox.contacts.rules import vcards
from vaguemestre.mailbox.contacts.rules.twins import twins_among
from vaguemestre.mailbox.contacts.values import ContactCard, Known, Shelf, Stored, Twins, Writer
from vaguemestre.people.credentials.queries import identified
from vaguemestre.people.directory.queries import placed_posts_of

MOST_SHOWN = 2000
_HEADS = ("DIR",)
_SHOWN = (
    "pk",
    "name",
    "address",
    "phone",
    "note",
    "is_collected",
    "is_group",
    "organisation",
    "others",
    "has_photo",
)


def shelf_rows(shelf: Shelf) -> QuerySet[Contact]:
    """The cards of one book, collected addresses included."""
    if shelf.book_id:
        return Contact.objects.filter(book_id=shelf.book_id)
    return Contact.objects.filter(account_id=shelf.account_id)


def shelves_of(account_id: int, *, today: date | None = None) -> tuple[Shelf, ...]:
    """One's own book, then those of one's schools. `book_id` 0 with a `uai`: not begun yet."""
    day = today or paris_day(timezone.now())
    person_id = identified(account_id).person_id
    schools: dict[str, tuple[str, bool]] = {}
    for post, place in placed_posts_of(person_id) if person_id else ():
        if post.starts_on <= day and (post.ends_on is None or post.ends_on >= day):
            leads = post.function in _HEADS or schools.get(post.uai, ("", False))[1]
            schools[post.uai] = (place, leads)
    books = dict(SchoolBook.objects.filter(uai__in=schools).values_list("uai", "pk"))
    chosen = set(BookWriter.objects.filter(account_id=account_id).values_list("book_id", flat=True))
    own = Shelf(account_id=account_id)
    shared = [
        Shelf(book_id=books.get(uai, 0), name=place, uai=uai, may_write=leads or books.get(uai, 0) in chosen)
        for uai, (place, leads) in schools.items()
    ]
    return (own, *(shelf for shelf in shared if shelf.book_id or shelf.may_write))


def shelf_of(account_id: int, uai: str) -> Shelf:
    """One's own book for no UAI, else a school's. Raises Refusal `contacts.no-such-book`."""
    if not uai:
        return Shelf(account_id=account_id)
    for shelf in shelves_of(account_id):
        if shelf.uai == uai:
            return shelf
    raise Refusal("contacts.no-such-book")


def leads_book(account_id: int, shelf: Shelf) -> bool:
    """Whether the account is the head there: whoever chooses who else may write."""
    person_id = identified(account_id).person_id
    day = paris_day(timezone.now())
    return any(
        post.uai == shelf.uai and post.function in _HEADS and (post.ends_on is None or post.ends_on >= day)
        for post, _ in (placed_posts_of(person_id) if person_id else ())
    )


def writers_of(shelf: Shelf) -> tuple[Writer, ...]:
    rows = BookWriter.objects.filter(book_id=shelf.book_id).order_by("account__username")
    return tuple(Writer(*row) for row in rows.values_list("account_id", "account__username"))


def contacts_of(account_id: int, search: str = "") -> tuple[Known, ...]:
    """One's own book in the order of names, those kept on purpose before the collected ones."""
    return contacts_on(Shelf(account_id=account_id), search)


def contacts_on(shelf: Shelf, search: str = "", *, only: str = "") -> tuple[Known, ...]:
    """A book in the order of names. `only`: `kept`, `collected` or `groups`; else all, collected last."""
    rows = _matching(shelf_rows(shelf), search)
    if only == "groups":
        rows = rows.filter(is_group=True)
    elif only:
        rows = rows.filter(is_collected=only == "collected")
    counted = rows.annotate(count=Count("memberships"))
    ordered = counted.order_by("is_collected", "sought").values_list(*_SHOWN, "count")
    return tuple(_known(row) for row in ordered[:MOST_SHOWN])


def contacts_like(account_id: int, typed: str, *, limit: int) -> tuple[Known, ...]:
    """Cards with an address that hold every word typed, for whoever writes: in their book, their schools'."""
    rows = _matching(_readable(account_id), typed).exclude(address="")
    ordered = rows.order_by("is_collected", "sought").values_list(*_SHOWN)
    return tuple(_known((*row, 0)) for row in ordered[:limit])


def groups_like(
    account_id: int, typed: str, *, limit: int
) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Groups whose name holds every word typed, each with the (name, address) of its members."""
    groups = _readable(account_id).filter(is_group=True)
    for word in typed.split()[:8]:
        groups = groups.filter(sought__contains=bare(word))
    found = []
    for group_id, name in groups.order_by("sought").values_list("pk", "name")[:limit]:
        members = Contact.objects.filter(groups__group_id=group_id).exclude(address="").order_by("sought")
        found.append((name, tuple(members.values_list("name", "address")[:500])))
    return tuple(found)


def find_contact(account_id: int, contact_id: int) -> Known | None:
    return find_on(Shelf(account_id=account_id), contact_id)


def find_on(shelf: Shelf, contact_id: int) -> Known | None:
    row = shelf_rows(shelf).filter(pk=contact_id).values_list(*_SHOWN).first()
    return _known((*row, 0)) if row else None


def find_by_address(account_id: int, address: str) -> Known | None:
    """The card of one's own book that holds that address, kept ones first."""
    wanted = address.strip().lower()
    if not wanted:
        return None
    rows = Contact.objects.filter(account_id=account_id, is_group=False)
    rows = rows.filter(Q(address=wanted) | Q(others__contains=wanted)).order_by("is_collected", "pk")
    for row in rows.values_list(*_SHOWN)[:20]:
        known = _known((*row, 0))
        if wanted in (known.address, *known.others):
            return known
    return None


def words_about(account_id: int, addresses: Collection[str]) -> dict[str, dict[str, str]]:
    """What the cards kept in one's own book say of whoever receives there, for a text made out to them."""
    rows = Contact.objects.filter(account_id=account_id, is_group=False, address__in=set(addresses))
    found: dict[str, dict[str, str]] = {}
    for row in rows.order_by("is_collected", "pk"):
        card = card_of_row(row)
        found.setdefault(
            row.address,
            {
                "nom": card.name,
                "prenom": _given_name(row),
                "organisme": card.organisation,
                "fonction": card.title,
                "telephone": card.phone or card.mobile or card.work_phone,
            },
        )
    return found


def _given_name(row: Contact) -> str:
    try:
        return vcards.given_name(vcards.parsed(row.vcard)) if row.vcard else ""
    except Refusal:
        return ""


def card_on(shelf: Shelf, contact_id: int) -> ContactCard | None:
    """The whole card. None when it is not on that shelf."""
    row = shelf_rows(shelf).filter(pk=contact_id, is_group=False).first()
    return card_of_row(row) if row else None


def card_of_row(row: Contact) -> ContactCard:
    if row.vcard:
        try:
            return vcards.card_of(vcards.parsed(row.vcard))
        except Refusal:  # a telephone wrote what we would not: its columns are what can be shown
            pass
    return ContactCard(
        row.name, row.address, row.phone, row.note, tuple(row.others.split()), organisation=row.organisation
    )


def members_on(shelf: Shelf, group_id: int) -> tuple[Known, ...]:
    rows = shelf_rows(shelf).filter(groups__group_id=group_id).order_by("sought")
    return tuple(_known((*row, 0)) for row in rows.values_list(*_SHOWN)[:MOST_SHOWN])


def groups_with(shelf: Shelf, contact_id: int) -> frozenset[int]:
    """The groups a card is in."""
    rows = shelf_rows(shelf).filter(is_group=True, memberships__contact_id=contact_id)
    return frozenset(rows.values_list("pk", flat=True))


def twins_on(shelf: Shelf) -> tuple[Twins, ...]:
    return twins_among(contacts_on(shelf, only="kept"))


def stored_on(shelf: Shelf, hrefs: Collection[str] | None = None) -> tuple[Stored, ...]:
    """Cards kept on purpose as vCards, all or those of these names."""
    rows = shelf_rows(shelf).filter(is_collected=False).exclude(href="")
    if hrefs is not None:
        rows = rows.filter(href__in=hrefs)
    columns = rows.order_by("pk").values_list("href", "uid", "vcard", "etag", "changed_at")
    return tuple(Stored(*row[:4], row[4].timestamp()) for row in columns)


def marks_on(shelf: Shelf) -> tuple[tuple[str, str], ...]:
    """(name, etag) of each card kept on purpose: what a program compares with its own."""
    rows = shelf_rows(shelf).filter(is_collected=False).exclude(href="")
    return tuple(rows.order_by("pk").values_list("href", "etag"))


def has_uid(shelf: Shelf, uid: str) -> bool:
    return shelf_rows(shelf).filter(uid=uid).exists()


def cards_on(shelf: Shelf) -> Iterator[ContactCard]:
    """The cards kept on purpose, groups left out."""
    rows = shelf_rows(shelf).filter(is_collected=False, is_group=False).order_by("name", "pk")
    return (card_of_row(row) for row in rows.iterator(500))


def exported(shelf: Shelf, version: str) -> str:
    """The book as one file of vCards 3.0 or 4.0, groups included."""
    pieces = []
    for row in shelf_rows(shelf).filter(is_collected=False).order_by("is_group", "name", "pk"):
        if row.is_group:
            members = tuple(row.memberships.values_list("contact__uid", flat=True))
            pieces.append(vcards.written_group(row.name, row.uid, members, version=version))
        else:
            pieces.append(vcards.written(card_of_row(row), row.uid, row.vcard, version=version))
    return "".join(pieces)


def last_change(shelf: Shelf) -> float:
    """Unix time of the last change of a card that is still there; 0 for an empty book."""
    found = shelf_rows(shelf).filter(is_collected=False).aggregate(last=Max("changed_at"))["last"]
    return float(found.timestamp()) if found else 0.0


def _readable(account_id: int) -> QuerySet[Contact]:
    """The cards of one's own book and of the books of one's schools."""
    books = [shelf.book_id for shelf in shelves_of(account_id)] if SchoolBook.objects.exists() else []
    shared = [one for one in books if one]
    mine = Contact.objects.filter(account_id=account_id)
    return Contact.objects.filter(Q(account_id=account_id) | Q(book_id__in=shared)) if shared else mine


def _matching(rows: QuerySet[Contact], search: str) -> QuerySet[Contact]:
    """Those that hold every word, whatever its case and accents."""
    for word in search.split()[:8]:
        rows = rows.filter(sought__contains=bare(word))
    return rows


def _known(row: tuple[object, ...]) -> Known:
    pk, name, address, phone, note, is_collected, is_group, organisation, others, has_photo, count = row
    return Known(
        id=int(str(pk)),
        name=str(name),
        address=str(address),
        phone=str(phone),
        note=str(note),
        is_collected=bool(is_collected),
        is_group=bool(is_group),
        organisation=str(organisation),
        others=tuple(str(others).split()),
        has_photo=bool(has_photo),
        members=int(str(count)),
    )
