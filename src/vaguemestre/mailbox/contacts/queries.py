"""Reads of address books. Every query is bound to a book: one's own, or that of one's school."""

from collections.abc import Collection
from datetime import date

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.contacts.models import BookWriter, Contact, SchoolBook
from vaguemestre.mailbox.contacts.rules import vcards
from vaguemestre.mailbox.contacts.rules.duplicates import find_duplicates
from vaguemestre.mailbox.contacts.values import (
    AddressBook,
    ContactCard,
    ContactSummary,
    Duplicates,
    GroupMembers,
    StoredCard,
    Writer,
)
from vaguemestre.people.credentials.queries import identified
from vaguemestre.people.directory.queries import placed_posts_of
from vaguemestre.people.directory.values import Post
from vaguemestre.people.lifecycle.queries import withdrawn_among

MAX_LISTED = 2000
MAX_MAILING_CHARACTERS = 5_000_000  # of vCards, without pictures and notes: some seconds
_HEAD_FUNCTIONS = ("DIR",)
_SUMMARY_COLUMNS = (
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


def book_rows(book: AddressBook) -> QuerySet[Contact]:
    """All cards and groups of a book, collected addresses included."""
    if book.book_id:
        return Contact.objects.filter(book_id=book.book_id)
    return Contact.objects.filter(account_id=book.account_id)


def books_of(account_id: int, *, today: date | None = None) -> tuple[AddressBook, ...]:
    """Own book, then those of the account's schools; one not created yet only if the account may write."""
    schools: dict[str, tuple[str, bool]] = {}
    for post, place in _posts_on(account_id, today or paris_day(timezone.now())):
        is_head = post.function in _HEAD_FUNCTIONS or schools.get(post.uai, ("", False))[1]
        schools[post.uai] = (place, is_head)
    book_ids = dict(SchoolBook.objects.filter(uai__in=schools).values_list("uai", "pk"))
    writable = set(BookWriter.objects.filter(account_id=account_id).values_list("book_id", flat=True))
    own = AddressBook(account_id=account_id)
    shared = [
        AddressBook(
            book_id=book_ids.get(uai, 0),
            name=place,
            uai=uai,
            may_write=is_head or book_ids.get(uai, 0) in writable,
        )
        for uai, (place, is_head) in schools.items()
    ]
    return (own, *(book for book in shared if book.book_id or book.may_write))


def book_of(account_id: int, uai: str) -> AddressBook:
    """Own book without a UAI, else that of the school. Raises Refusal `contacts.no-such-book`."""
    if not uai:
        return AddressBook(account_id=account_id)
    for book in books_of(account_id):
        if book.uai == uai:
            return book
    raise Refusal("contacts.no-such-book")


def is_book_head(account_id: int, book: AddressBook) -> bool:
    """Whether the account is the head of the school, who chooses the writers of the book."""
    posts = _posts_on(account_id, paris_day(timezone.now()))
    return any(post.uai == book.uai and post.function in _HEAD_FUNCTIONS for post, _ in posts)


def _posts_on(account_id: int, day: date) -> list[tuple[Post, str]]:
    """The posts held that day, with the place; none after departure or during a long leave."""
    person_id = identified(account_id).person_id
    posts = [
        (post, place)
        for post, place in (placed_posts_of(person_id) if person_id else ())
        if post.starts_on <= day and (post.ends_on is None or post.ends_on >= day)
    ]
    return [] if posts and withdrawn_among([account_id]) else posts


def writers_of(book: AddressBook) -> tuple[Writer, ...]:
    """Writers of a school's book, by username."""
    rows = BookWriter.objects.filter(book_id=book.book_id).order_by("account__username")
    return tuple(Writer(*row) for row in rows.values_list("account_id", "account__username"))


def contacts_of(account_id: int, search: str = "") -> tuple[ContactSummary, ...]:
    """Cards and groups of the own book by name, collected addresses last."""
    return contacts_in(AddressBook(account_id=account_id), search)


def contacts_in(book: AddressBook, search: str = "", *, only: str = "") -> tuple[ContactSummary, ...]:
    """Cards and groups by name, collected last. `only`: `kept`, `collected`, `groups`, or "" for all."""
    rows = _matching(book_rows(book), search)
    if only == "groups":
        rows = rows.filter(is_group=True)
    elif only:
        rows = rows.filter(is_collected=only == "collected")
    counted = rows.annotate(count=Count("memberships"))
    ordered = counted.order_by("is_collected", "sought").values_list(*_SUMMARY_COLUMNS, "count")
    return tuple(_summary(row) for row in ordered[:MAX_LISTED])


def contacts_like(account_id: int, typed: str, *, limit: int) -> tuple[ContactSummary, ...]:
    """Cards with an address that match all typed words, in the own book and those of the schools."""
    rows = _matching(_readable(account_id), typed).exclude(address="")
    ordered = rows.order_by("is_collected", "sought").values_list(*_SUMMARY_COLUMNS)
    return tuple(_summary((*row, 0)) for row in ordered[:limit])


def groups_like(account_id: int, typed: str, *, limit: int) -> tuple[GroupMembers, ...]:
    """Groups whose name matches all typed words, with their members."""
    groups = _readable(account_id).filter(is_group=True)
    for word in typed.split()[:8]:
        groups = groups.filter(sought__contains=without_accents(word))
    groups_with_members = []
    for group_id, name in groups.order_by("sought").values_list("pk", "name")[:limit]:
        members = Contact.objects.filter(groups__group_id=group_id).exclude(address="").order_by("sought")
        pairs = tuple(members.values_list("name", "address")[:500])
        groups_with_members.append(GroupMembers(name, pairs))
    return tuple(groups_with_members)


def find_in(book: AddressBook, contact_id: int) -> ContactSummary | None:
    """Card or group of the book, or None."""
    row = book_rows(book).filter(pk=contact_id).values_list(*_SUMMARY_COLUMNS).first()
    return _summary((*row, 0)) if row else None


def find_by_address(account_id: int, address: str) -> ContactSummary | None:
    """Card of the own book with that address, or None; collected addresses come last."""
    normalized = address.strip().lower()
    if not normalized:
        return None
    rows = Contact.objects.filter(account_id=account_id, is_group=False)
    rows = rows.filter(Q(address=normalized) | Q(others__contains=normalized)).order_by("is_collected", "pk")
    for row in rows.values_list(*_SUMMARY_COLUMNS)[:20]:
        summary = _summary((*row, 0))
        if normalized in (summary.address, *summary.others):
            return summary
    return None


def merge_fields_of(account_id: int, addresses: Collection[str]) -> dict[str, dict[str, str]]:
    """Mail merge fields from the own book, by address. Raises Refusal `contacts.too-heavy-for-mailing`."""
    rows = Contact.objects.filter(account_id=account_id, is_group=False, address__in=set(addresses))
    fields_by_address: dict[str, dict[str, str]] = {}
    weight = 0
    for row in rows.order_by("is_collected", "pk").iterator(100):
        row.vcard = vcards.without_blobs(row.vcard)
        weight += len(row.vcard)
        if weight > MAX_MAILING_CHARACTERS:
            raise Refusal("contacts.too-heavy-for-mailing")
        if row.address not in fields_by_address:
            fields_by_address[row.address] = _merge_fields(row)
    return fields_by_address


def _merge_fields(row: Contact) -> dict[str, str]:
    card, given_name = columns_of(row), ""
    try:
        if row.vcard:
            vcard = vcards.parse_vcard(row.vcard)
            card, given_name = vcards.card_of(vcard), vcards.given_name(vcard)
    except Refusal:  # written by a phone, beyond our rules
        pass
    return {
        "nom": card.name,
        "prenom": given_name,
        "organisme": card.organisation,
        "fonction": card.title,
        "telephone": card.phone or card.mobile or card.work_phone,
    }


def card_in(book: AddressBook, contact_id: int) -> ContactCard | None:
    """Card of the book, or None."""
    row = book_rows(book).filter(pk=contact_id, is_group=False).first()
    return card_of_row(row) if row else None


def card_of_row(row: Contact) -> ContactCard:
    """Card of the row's vCard; of its columns if the vCard is invalid."""
    if row.vcard:
        try:
            return vcards.card_of(vcards.parse_vcard(row.vcard))
        except Refusal:  # written by a phone, beyond our rules
            pass
    return columns_of(row)


def columns_of(row: Contact) -> ContactCard:
    """What the columns of a row say of its card, without its vCard."""
    others = tuple(row.others.split())
    return ContactCard(row.name, row.address, row.phone, row.note, others, organisation=row.organisation)


def members_in(book: AddressBook, group_id: int) -> tuple[ContactSummary, ...]:
    """Members of a group of the book, by name."""
    rows = book_rows(book).filter(groups__group_id=group_id).order_by("sought")
    return tuple(_summary((*row, 0)) for row in rows.values_list(*_SUMMARY_COLUMNS)[:MAX_LISTED])


def groups_of(book: AddressBook, contact_id: int) -> frozenset[int]:
    """Ids of the groups that hold the card."""
    rows = book_rows(book).filter(is_group=True, memberships__contact_id=contact_id)
    return frozenset(rows.values_list("pk", flat=True))


def duplicates_in(book: AddressBook) -> tuple[Duplicates, ...]:
    """Sets of cards of the book that look like the same person."""
    return find_duplicates(contacts_in(book, only="kept"))


def stored_cards_in(book: AddressBook, hrefs: Collection[str] | None = None) -> tuple[StoredCard, ...]:
    """Stored cards of the book, without collected addresses; all, or those named."""
    rows = book_rows(book).filter(is_collected=False).exclude(href="")
    if hrefs is not None:
        rows = rows.filter(href__in=hrefs)
    columns = rows.order_by("pk").values_list("href", "uid", "vcard", "etag", "changed_at")
    return tuple(StoredCard(*row[:4], row[4].timestamp()) for row in columns)


def etags_in(book: AddressBook) -> tuple[tuple[str, str], ...]:
    """(resource name, etag) of each stored card, for CardDAV synchronization."""
    rows = book_rows(book).filter(is_collected=False).exclude(href="")
    return tuple(rows.order_by("pk").values_list("href", "etag"))


def has_uid(book: AddressBook, uid: str) -> bool:
    """Whether a card of the book has that UID."""
    return book_rows(book).filter(uid=uid).exists()


def last_change(book: AddressBook) -> float:
    """Unix time of the last change of a present card; 0 for an empty book."""
    changed_at = book_rows(book).filter(is_collected=False).aggregate(last=Max("changed_at"))["last"]
    return float(changed_at.timestamp()) if changed_at else 0.0


def _readable(account_id: int) -> QuerySet[Contact]:
    """Cards of the own book and of the books of the account's schools."""
    book_ids = [book.book_id for book in books_of(account_id)] if SchoolBook.objects.exists() else []
    shared = [book_id for book_id in book_ids if book_id]
    own_cards = Contact.objects.filter(account_id=account_id)
    return Contact.objects.filter(Q(account_id=account_id) | Q(book_id__in=shared)) if shared else own_cards


def _matching(rows: QuerySet[Contact], search: str) -> QuerySet[Contact]:
    """Rows that match all words, without case and accents."""
    for word in search.split()[:8]:
        rows = rows.filter(sought__contains=without_accents(word))
    return rows


def _summary(row: tuple[object, ...]) -> ContactSummary:
    pk, name, address, phone, note, is_collected, is_group, organisation, others, has_photo, count = row
    return ContactSummary(
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
