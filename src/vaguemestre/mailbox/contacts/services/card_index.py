"""Cards of a book by what a file may know them by."""

from vaguemestre.mailbox.contacts.models import Contact
from vaguemestre.mailbox.contacts.queries import book_rows
from vaguemestre.mailbox.contacts.values import AddressBook, ContactCard


class CardIndex:
    """Cards of a book by UID, address and name, read in one query for the whole file."""

    def __init__(self, book: AddressBook) -> None:
        self._by_uid: dict[str, Contact] = {}
        self._by_address: dict[str, Contact] = {}
        self._by_name: dict[str, Contact] = {}
        rows = book_rows(book).filter(is_group=False).order_by("-is_collected", "-pk")
        for row in rows.defer("vcard", "sought"):
            self.add(row)

    def add(self, row: Contact) -> None:
        if row.uid:
            self._by_uid[row.uid] = row
        for address in (row.address, *row.others.split()):
            if address:
                self._by_address[address] = row
        if not row.address:
            self._by_name[f"{row.name} {row.phone}"] = row

    def add_addresses(self, row: Contact, card: ContactCard) -> None:
        """Know the row by the addresses of a card that completes it."""
        for address in card.addresses:
            self._by_address.setdefault(address, row)

    def find(self, uid: str, card: ContactCard) -> Contact | None:
        if uid and uid in self._by_uid:
            return self._by_uid[uid]
        for address in card.addresses:
            if address in self._by_address:
                return self._by_address[address]
        phone = card.phone or card.mobile or card.work_phone
        return None if card.addresses else self._by_name.get(f"{card.name} {phone}")
