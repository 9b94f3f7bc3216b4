"""Cards: kept, changed, deleted, collected."""

from collections.abc import Iterable

from django.db import transaction

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.models import Contact
from vaguemestre.mailbox.contacts.queries import find_by_address, shelf_rows
from vaguemestre.mailbox.contacts.rules import vcards
from vaguemestre.mailbox.contacts.rules.cards import checked
from vaguemestre.mailbox.contacts.services.groups import set_members
from vaguemestre.mailbox.contacts.services.rows import (
    check_writable,
    etag_of,
    new_row,
    write_group,
    write_row,
)
from vaguemestre.mailbox.contacts.values import ContactCard, Shelf, Stored

MOST_COLLECTED = 2000


def save_contact(account_id: int, card: ContactCard, contact_id: int | None = None) -> int:
    """Like `save_on`, in one's own book."""
    return save_on(Shelf(account_id=account_id), card, contact_id)


@transaction.atomic(durable=True)
def save_on(shelf: Shelf, card: ContactCard, contact_id: int | None = None) -> int:
    """Add a card, or change one. A collected address kept on purpose becomes a card like any other.

    Raises Refusal `contacts.gone` for one that is not in this book, `contacts.address-twice`,
    `contacts.read-only`, `contacts.book-full`.
    """
    check_writable(shelf)
    mine = shelf_rows(shelf)
    row = mine.filter(pk=contact_id, is_group=False).first() if contact_id else None
    if contact_id and row is None:
        raise Refusal("contacts.gone")
    same = mine.filter(address=card.address).exclude(pk=contact_id or 0).first() if card.address else None
    if same and not same.is_collected:
        raise Refusal("contacts.address-twice", address=card.address)
    if same and row is not None:
        same.delete()
    return int(write_row(row or same or new_row(shelf), card).pk)


def delete_contact(account_id: int, contact_id: int) -> None:
    delete_on(Shelf(account_id=account_id), contact_id)


@transaction.atomic(durable=True)
def delete_on(shelf: Shelf, contact_id: int) -> None:
    """Twice is once; what is in another book stays."""
    check_writable(shelf)
    row = shelf_rows(shelf).filter(pk=contact_id).first()
    if row is not None:
        _delete(row)


@transaction.atomic(durable=True)
def keep_address(account_id: int, name: str, address: str) -> int:
    """« Ajouter aux contacts » from anywhere; there already, nothing changes. Returns the card's id.

    Raises Refusal like `checked`.
    """
    card = checked(ContactCard(name, address))
    known = find_by_address(account_id, card.address)
    if known and not known.is_collected:
        return known.id
    shelf = Shelf(account_id=account_id)
    row = shelf_rows(shelf).filter(pk=known.id).first() if known else None
    return int(write_row(row or new_row(shelf), card).pk)


@transaction.atomic(durable=True)
def collect_addresses(account_id: int, people: Iterable[tuple[str, str]]) -> None:
    """Remember (name, address) pairs one wrote to; the book has at most 2,000 of those. Twice is once."""
    mine = Contact.objects.filter(account_id=account_id)
    room = MOST_COLLECTED - mine.filter(is_collected=True).count()
    given = {address: name for name, address in people}
    known = set(mine.filter(address__in=given).values_list("address", flat=True))
    fresh = [
        Contact(account_id=account_id, name=(name or address)[:200], address=address, is_collected=True)
        for address, name in given.items()
        if address not in known
    ]
    for row in fresh:
        row.index()
    Contact.objects.bulk_create(fresh[: max(0, room)], ignore_conflicts=True)


@transaction.atomic(durable=True)
def store_card(shelf: Shelf, text: str, href: str) -> Stored:
    """A card or group as a program wrote it (CardDAV), new or in the place of the one of that name.

    What the program wrote is what it reads back. Raises Refusal `contacts.vcard-unreadable`,
    `contacts.read-only`, `contacts.book-full`, `contacts.uid-twice`.
    """
    check_writable(shelf)
    read = vcards.parsed(text)
    row = shelf_rows(shelf).filter(href=href).first() or new_row(shelf)
    uid = vcards.uid_of(read) or href.removesuffix(".vcf")
    if shelf_rows(shelf).filter(uid=uid).exclude(pk=row.pk or 0).exists():
        raise Refusal("contacts.uid-twice")
    row.uid, row.href = uid, href
    if vcards.is_group(read):
        row.is_group, row.name, row.vcard, row.etag = True, _name(read), text, etag_of(text)
        row.save()
        set_members(shelf, row, vcards.members_of(read))
    else:
        row.is_group = False
        write_row(row, _lenient(read, uid), text)
    return Stored(row.href, row.uid, row.vcard, row.etag, row.changed_at.timestamp())


@transaction.atomic(durable=True)
def delete_stored(shelf: Shelf, href: str) -> bool:
    """Whether there was one."""
    check_writable(shelf)
    row = shelf_rows(shelf).filter(href=href, is_collected=False).first()
    if row is not None:
        _delete(row)
    return row is not None


def _delete(row: Contact) -> None:
    groups = list(Contact.objects.filter(memberships__contact=row))
    row.delete()
    for group in groups:
        write_group(group)


def _name(read: object) -> str:
    try:
        return vcards.card_of(read).name
    except Refusal:
        return "Groupe"


def _lenient(read: object, uid: str) -> ContactCard:
    """What can be shown of a card that says too little by our rules."""
    try:
        return vcards.card_of(read)
    except Refusal:
        return ContactCard(uid[:200], "")
