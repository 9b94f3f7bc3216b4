"""Rows of cards and groups. All inside the caller's transaction."""

import hashlib
import re
import uuid

from django.db.models import Sum

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.models import Contact
from vaguemestre.mailbox.contacts.queries import book_rows
from vaguemestre.mailbox.contacts.rules import vcard_writer
from vaguemestre.mailbox.contacts.values import AddressBook, ContactCard

MAX_CARDS = 20_000
MAX_CHARACTERS = 60_000_000  # of the vCards of a book: programs ask for all of them at once
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}", re.ASCII)


def check_writable(book: AddressBook) -> None:
    """Raise Refusal `contacts.read-only` unless the book may be changed."""
    if not book.may_write or not (book.account_id or book.book_id):
        raise Refusal("contacts.read-only")


def new_row(book: AddressBook) -> Contact:
    """Unsaved row of a book. Raises Refusal `contacts.book-full`."""
    if book_rows(book).count() >= MAX_CARDS:
        raise Refusal("contacts.book-full", most=MAX_CARDS)
    return Contact(account_id=book.account_id or None, book_id=book.book_id or None)


def check_room(book: AddressBook, added: int, replaced: int = 0) -> None:
    """Check that a book takes that many characters more, in place of the row `replaced` (its id), if any.

    Raises Refusal `contacts.book-heavy`.
    """
    others = book_rows(book).exclude(pk=replaced)
    if (others.aggregate(sum=Sum("weight"))["sum"] or 0) + added > MAX_CHARACTERS:
        raise Refusal("contacts.book-heavy", most=MAX_CHARACTERS // 1_000_000)


def write_row(row: Contact, card: ContactCard, text: str = "") -> Contact:
    """Write the card into the row. `text`: vCard of a CardDAV client, stored unchanged."""
    fill_row(row, card, text)
    row.save()
    return row


def fill_row(row: Contact, card: ContactCard, text: str) -> None:
    """Write the card into the row, which is not saved yet."""
    row.uid = row.uid or str(uuid.uuid4())
    row.href = row.href or href_of(row.uid)
    row.name, row.address, row.others = card.name, card.address, " ".join(card.others)
    row.phone = card.phone or card.mobile or card.work_phone
    row.organisation, row.note, row.has_photo = card.organisation, card.note, bool(card.photo)
    row.is_collected = False
    row.vcard = text or vcard_writer.write_vcard(card, row.uid, row.vcard)
    row.etag = etag_of(row.vcard)


def write_group(row: Contact) -> None:
    """Write the vCard of a group from its members."""
    members = row.memberships.order_by("contact__name", "pk").values_list("contact__uid", flat=True)
    row.uid = row.uid or str(uuid.uuid4())
    row.href = row.href or href_of(row.uid)
    row.vcard = vcard_writer.write_group_vcard(row.name, row.uid, tuple(members))
    row.etag = etag_of(row.vcard)
    row.save()


def etag_of(text: str) -> str:
    """Etag of a vCard."""
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def href_of(uid: str) -> str:
    """Resource name for CardDAV: the UID itself if it is URL-safe, else its hash."""
    plain = uid if _PLAIN.fullmatch(uid) else hashlib.sha256(uid.encode()).hexdigest()[:40]
    return f"{plain}.vcf"
