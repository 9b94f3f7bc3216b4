"""A file of contacts put into a book: the wrong lines are told, the rest is taken."""

from django.db import transaction

from vaguemestre.mailbox.contacts.models import Contact
from vaguemestre.mailbox.contacts.queries import card_of_row, shelf_rows
from vaguemestre.mailbox.contacts.rules.files import read_file
from vaguemestre.mailbox.contacts.rules.twins import merged
from vaguemestre.mailbox.contacts.services.groups import set_members
from vaguemestre.mailbox.contacts.services.rows import check_writable, new_row, write_group, write_row
from vaguemestre.mailbox.contacts.values import ContactCard, Imported, Read, Shelf


@transaction.atomic(durable=True)
def import_file(shelf: Shelf, content: bytes) -> Imported:
    """Add what is new, complete what is known (same UID, or same address), leave the rest.

    Twice the same file changes nothing the second time. Raises the refusals of `read_file`,
    `contacts.read-only`, `contacts.book-full`.
    """
    check_writable(shelf)
    read = read_file(content)
    added = changed = same = 0
    book = _Book(shelf)
    for place, (uid, card) in enumerate(read.cards):
        row = book.find(uid, card)
        if row is None:
            text = read.texts[place] if read.texts and uid else ""
            book.keep(_added(shelf, uid, card, text))
            added += 1
            continue
        complete = merged([card_of_row(row), card]) if not row.is_collected else card
        if row.is_collected or complete != card_of_row(row):
            book.keep(write_row(row, complete))
            changed += 1
        else:
            same += 1
    _add_groups(shelf, read)
    return Imported(added, changed, same, read.wrong)


class _Book:
    """The cards there, by UID and by address: one question for a whole file."""

    def __init__(self, shelf: Shelf) -> None:
        self._by_uid: dict[str, Contact] = {}
        self._by_address: dict[str, Contact] = {}
        self._by_name: dict[str, Contact] = {}
        for row in shelf_rows(shelf).filter(is_group=False).order_by("-is_collected", "-pk"):
            self.keep(row)

    def keep(self, row: Contact) -> None:
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


def _added(shelf: Shelf, uid: str, card: ContactCard, text: str) -> Contact:
    row = new_row(shelf)
    row.uid = uid
    return write_row(row, card, text)


def _add_groups(shelf: Shelf, read: Read) -> None:
    for name, members in read.groups:
        row = shelf_rows(shelf).filter(is_group=True, name=name).first() or new_row(shelf)
        row.name, row.is_group = name, True
        row.save()
        known = row.memberships.values_list("contact__uid", flat=True)
        set_members(shelf, row, {*members, *known})
        write_group(row)
