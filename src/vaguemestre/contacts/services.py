"""Keeping an address book: one's own only."""

from collections.abc import Iterable

from django.db import transaction

from vaguemestre.contacts.models import Contact
from vaguemestre.contacts.values import ContactCard
from vaguemestre.kernel.errors import Refusal

MOST_COLLECTED = 2000


@transaction.atomic(durable=True)
def save_contact(account_id: int, card: ContactCard, contact_id: int | None = None) -> int:
    """Add a card, or change one. A collected address kept on purpose becomes a card like any other.

    Raises Refusal `contacts.gone` for one that is not in this book, `contacts.address-twice`.
    """
    mine = Contact.objects.filter(account_id=account_id)
    same_address = mine.filter(address=card.address).first()
    row = mine.filter(pk=contact_id).first() if contact_id else None
    if contact_id and row is None:
        raise Refusal("contacts.gone")
    if same_address and same_address != row:
        if row is not None or not same_address.is_collected:
            raise Refusal("contacts.address-twice", address=card.address)
        row = same_address
    row = row or Contact(account_id=account_id)
    row.name, row.address, row.phone, row.note = card.name, card.address, card.phone, card.note
    row.is_collected = False
    row.save()
    return int(row.pk)


@transaction.atomic(durable=True)
def delete_contact(account_id: int, contact_id: int) -> None:
    """Twice is once; somebody else's stays."""
    Contact.objects.filter(account_id=account_id, pk=contact_id).delete()


@transaction.atomic(durable=True)
def collect_addresses(account_id: int, people: Iterable[tuple[str, str]]) -> None:
    """Remember (name, address) pairs one wrote to; the book has at most 2,000 of those. Twice is once."""
    mine = Contact.objects.filter(account_id=account_id)
    room = MOST_COLLECTED - mine.filter(is_collected=True).count()
    fresh = [
        Contact(account_id=account_id, name=name or address, address=address, is_collected=True)
        for name, address in people
    ]
    Contact.objects.bulk_create(fresh[: max(0, room)], ignore_conflicts=True)
