"""Save, delete and collect cards."""

from collections.abc import Collection, Iterable

from django.db import transaction

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.models import Contact
from vaguemestre.mailbox.contacts.queries import book_rows, find_by_address
from vaguemestre.mailbox.contacts.rules import vcards
from vaguemestre.mailbox.contacts.rules.cards import normalize_card
from vaguemestre.mailbox.contacts.services.groups import set_members
from vaguemestre.mailbox.contacts.services.rows import (
    check_room,
    check_writable,
    etag_of,
    new_row,
    write_group,
    write_row,
)
from vaguemestre.mailbox.contacts.values import AddressBook, ContactCard, StoredCard

MAX_COLLECTED = 2000


def save_contact(account_id: int, card: ContactCard, contact_id: int | None = None) -> int:
    """`save_card` in the own book."""
    return save_card(AddressBook(account_id=account_id), card, contact_id)


@transaction.atomic(durable=True)
def save_card(book: AddressBook, card: ContactCard, contact_id: int | None = None) -> int:
    """Add a card, or change one; a collected address becomes an ordinary card. Returns its id.

    Raises Refusal `contacts.gone` for one that is not in this book, `contacts.address-twice`,
    `contacts.read-only`, `contacts.book-full`, `contacts.book-heavy`.
    """
    check_writable(book)
    rows = book_rows(book)
    row = rows.filter(pk=contact_id, is_group=False).first() if contact_id else None
    if contact_id and row is None:
        raise Refusal("contacts.gone")
    same = rows.filter(address=card.address).exclude(pk=contact_id or 0).first() if card.address else None
    if same and not same.is_collected:
        raise Refusal("contacts.address-twice", address=card.address)
    check_room(book, len(card.note) + len(card.photo), (row or same or Contact()).pk or 0)
    if same and row is not None:
        same.delete()
    return int(write_row(row or same or new_row(book), card).pk)


def delete_contact(account_id: int, contact_id: int) -> None:
    """`delete_card` in the own book."""
    delete_card(AddressBook(account_id=account_id), contact_id)


@transaction.atomic(durable=True)
def delete_card(book: AddressBook, contact_id: int) -> None:
    """Delete a card or group of the book. Idempotent."""
    check_writable(book)
    row = book_rows(book).filter(pk=contact_id).first()
    if row is not None:
        _delete(row)


@transaction.atomic(durable=True)
def keep_address(account_id: int, name: str, address: str) -> int:
    """Add an address to the own book, for « Ajouter aux contacts ». Idempotent. Returns the id of the card.

    Raises the refusals of `normalize_card`.
    """
    card = normalize_card(ContactCard(name, address))
    present = find_by_address(account_id, card.address)
    if present and not present.is_collected:
        return present.id
    book = AddressBook(account_id=account_id)
    row = book_rows(book).filter(pk=present.id).first() if present else None
    return int(write_row(row or new_row(book), card).pk)


def collect_addresses(account_id: int, people: Iterable[tuple[str, str]]) -> None:
    """Collect (name, address) pairs written to, `MAX_COLLECTED` at most. Idempotent.

    Most messages go to people written to before: then nothing is written, and no other writer waits.
    """
    names = {address: name for name, address in people}
    if not _unknown(account_id, names):
        return
    with transaction.atomic(durable=True):
        cards = Contact.objects.filter(account_id=account_id, is_collected=True)
        room = max(0, MAX_COLLECTED - cards.count())
        new_rows = [
            Contact(
                account_id=account_id,
                name=(names[address] or address)[:200],
                address=address,
                is_collected=True,
            )
            for address in _unknown(account_id, names)[:room]
        ]
        for row in new_rows:
            row.index()
        Contact.objects.bulk_create(new_rows, ignore_conflicts=True)


def _unknown(account_id: int, addresses: Collection[str]) -> list[str]:
    """The addresses that no card of the account has, in their order."""
    cards = Contact.objects.filter(account_id=account_id, address__in=addresses)
    known = set(cards.values_list("address", flat=True))
    return [address for address in addresses if address not in known]


@transaction.atomic(durable=True)
def store_card(book: AddressBook, text: str, href: str) -> StoredCard:
    """Store a card or group written by a CardDAV client, as that resource name; its text is kept unchanged.

    Raises Refusal `contacts.vcard-unreadable`,
    `contacts.read-only`, `contacts.book-full`, `contacts.book-heavy`, `contacts.uid-twice`.
    """
    check_writable(book)
    vcard = vcards.parse_vcard(text)
    row = book_rows(book).filter(href=href).first() or new_row(book)
    check_room(book, len(text), row.pk or 0)
    uid = vcards.uid_of(vcard) or href.removesuffix(".vcf")
    if book_rows(book).filter(uid=uid).exclude(pk=row.pk or 0).exists():
        raise Refusal("contacts.uid-twice")
    row.uid, row.href = uid, href
    if vcards.is_group(vcard):
        row.is_group, row.name, row.vcard, row.etag = True, _group_name(vcard), text, etag_of(text)
        row.save()
        set_members(book, row, vcards.members_of(vcard))
    else:
        row.is_group = False
        write_row(row, _lenient_card(vcard, uid), text)
    return StoredCard(row.href, row.uid, row.vcard, row.etag, row.changed_at.timestamp())


@transaction.atomic(durable=True)
def delete_stored(book: AddressBook, href: str) -> bool:
    """Delete a stored card. Returns False when there was none."""
    check_writable(book)
    row = book_rows(book).filter(href=href, is_collected=False).first()
    if row is not None:
        _delete(row)
    return row is not None


def _delete(row: Contact) -> None:
    groups = list(Contact.objects.filter(memberships__contact=row))
    row.delete()
    for group in groups:
        write_group(group)


def _group_name(vcard: object) -> str:
    try:
        return vcards.card_of(vcard).name
    except Refusal:
        return "Groupe"


def _lenient_card(vcard: object, uid: str) -> ContactCard:
    """Card of a vCard; a bare one if it does not satisfy our rules."""
    try:
        return vcards.card_of(vcard)
    except Refusal:
        return ContactCard(uid[:200], "")
