"""Import a file of contacts; invalid lines are reported, the others imported."""

from collections import Counter
from enum import StrEnum
from itertools import batched

from django.db import transaction

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.models import Contact
from vaguemestre.mailbox.contacts.queries import book_rows, card_of_row
from vaguemestre.mailbox.contacts.rules.duplicates import merge_cards
from vaguemestre.mailbox.contacts.rules.files import read_file
from vaguemestre.mailbox.contacts.services.groups import set_members
from vaguemestre.mailbox.contacts.services.rows import (
    MOST_CARDS,
    check_writable,
    new_row,
    write_group,
    write_row,
)
from vaguemestre.mailbox.contacts.values import AddressBook, ContactCard, ContactsFile, ImportReport

_BATCH = 100  # cards of one transaction


class _Outcome(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"


def import_file(book: AddressBook, content: bytes) -> ImportReport:
    """Add new cards and complete those with the same UID or address. Idempotent.

    Written by batches, so that nobody else's writing waits for a long file; interrupted, it is given again.
    Raises the refusals of `read_file`, `contacts.read-only`, and, with nothing written, `contacts.book-full`.
    """
    check_writable(book)
    file = read_file(content)
    index = _CardIndex(book)
    new = sum(index.find(uid, card) is None for uid, card in file.cards)
    if book_rows(book).count() + new > MOST_CARDS:
        raise Refusal("contacts.book-full", most=MOST_CARDS)
    outcomes = Counter[_Outcome]()
    for batch in batched(range(len(file.cards)), _BATCH, strict=False):
        with transaction.atomic(durable=True):
            outcomes.update([_import_card(book, index, file, place) for place in batch])
    with transaction.atomic(durable=True):
        _add_groups(book, file)
    return ImportReport(
        outcomes[_Outcome.ADDED], outcomes[_Outcome.CHANGED], outcomes[_Outcome.SAME], file.invalid_lines
    )


def _import_card(book: AddressBook, index: "_CardIndex", file: ContactsFile, place: int) -> _Outcome:
    """Add or complete the card at that place of the file."""
    uid, card = file.cards[place]
    known = index.find(uid, card)
    row = book_rows(book).filter(pk=known.pk).first() if known else None  # as it is by now
    if row is None:
        text = file.texts[place] if file.texts and uid else ""
        index.add(_add_card(book, uid, card, text))
        return _Outcome.ADDED
    complete = merge_cards([card_of_row(row), card]) if not row.is_collected else card
    if not row.is_collected and complete == card_of_row(row):
        return _Outcome.SAME
    index.add(write_row(row, complete))
    return _Outcome.CHANGED


class _CardIndex:
    """Cards of a book by UID, address and name, read in one query for the whole file."""

    def __init__(self, book: AddressBook) -> None:
        self._by_uid: dict[str, Contact] = {}
        self._by_address: dict[str, Contact] = {}
        self._by_name: dict[str, Contact] = {}
        for row in book_rows(book).filter(is_group=False).order_by("-is_collected", "-pk"):
            self.add(row)

    def add(self, row: Contact) -> None:
        if row.uid:
            self._by_uid[row.uid] = row
        for address in (row.address, *row.others.split()):
            if address:
                self._by_address[address] = row
        if not row.address:
            self._by_name[f"{row.name} {row.phone}"] = row

    def find(self, uid: str, card: ContactCard) -> Contact | None:
        if uid and uid in self._by_uid:
            return self._by_uid[uid]
        for address in card.addresses:
            if address in self._by_address:
                return self._by_address[address]
        phone = card.phone or card.mobile or card.work_phone
        return None if card.addresses else self._by_name.get(f"{card.name} {phone}")


def _add_card(book: AddressBook, uid: str, card: ContactCard, text: str) -> Contact:
    row = new_row(book)
    row.uid = uid
    return write_row(row, card, text)


def _add_groups(book: AddressBook, file: ContactsFile) -> None:
    for name, members in file.groups:
        row = book_rows(book).filter(is_group=True, name=name).first() or new_row(book)
        row.name, row.is_group = name, True
        row.save()
        present = row.memberships.values_list("contact__uid", flat=True)
        set_members(book, row, {*members, *present})
        write_group(row)
