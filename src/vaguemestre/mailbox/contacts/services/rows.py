"""A card and its row. Parts: inside the caller's transaction."""

import hashlib
import re
import uuid

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.models import Contact
from vaguemestre.mailbox.contacts.queries import shelf_rows
from vaguemestre.mailbox.contacts.rules import vcards
from vaguemestre.mailbox.contacts.values import ContactCard, Shelf

MOST_CARDS = 20_000
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}", re.ASCII)


def check_writable(shelf: Shelf) -> None:
    """Raises Refusal `contacts.read-only`."""
    if not shelf.may_write or not (shelf.account_id or shelf.book_id):
        raise Refusal("contacts.read-only")


def new_row(shelf: Shelf) -> Contact:
    """Raises Refusal `contacts.book-full`."""
    if shelf_rows(shelf).count() >= MOST_CARDS:
        raise Refusal("contacts.book-full", most=MOST_CARDS)
    return Contact(account_id=shelf.account_id or None, book_id=shelf.book_id or None)


def write_row(row: Contact, card: ContactCard, text: str = "") -> Contact:
    """Make the row say the card; `text` is its vCard as a program wrote it, kept as it is."""
    row.uid = row.uid or str(uuid.uuid4())
    row.href = row.href or href_of(row.uid)
    row.name, row.address, row.others = card.name, card.address, " ".join(card.others)
    row.phone = card.phone or card.mobile or card.work_phone
    row.organisation, row.note, row.has_photo = card.organisation, card.note, bool(card.photo)
    row.is_collected = False
    row.vcard = text or vcards.written(card, row.uid, row.vcard)
    row.etag = etag_of(row.vcard)
    row.save()
    return row


def write_group(row: Contact) -> None:
    """Write the vCard of a group again from its members."""
    members = row.memberships.order_by("contact__name", "pk").values_list("contact__uid", flat=True)
    row.uid = row.uid or str(uuid.uuid4())
    row.href = row.href or href_of(row.uid)
    row.vcard = vcards.written_group(row.name, row.uid, tuple(members))
    row.etag = etag_of(row.vcard)
    row.save()


def etag_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def href_of(uid: str) -> str:
    """A name for CardDAV: the UID itself when an address can hold it as it is."""
    plain = uid if _PLAIN.fullmatch(uid) else hashlib.sha256(uid.encode()).hexdigest()[:40]
    return f"{plain}.vcf"
