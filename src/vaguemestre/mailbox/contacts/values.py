"""Values of address books. All frozen."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class ContactCard:
    """Card of a contact; addresses are validated and lower case, the first is `address`.

    `birthday` is ISO (`1980-04-12`, `--04-12` without its year) or empty; `photo` a JPEG or PNG, or empty.
    """

    name: str
    address: str
    phone: str = ""
    note: str = ""
    others: tuple[str, ...] = ()
    mobile: str = ""
    work_phone: str = ""
    organisation: str = ""
    title: str = ""
    postal: str = ""
    birthday: str = ""
    website: str = ""
    photo: bytes = b""

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(address for address in (self.address, *self.others) if address)


@dataclass(frozen=True)
class ContactSummary:
    """Card or group, as lists show it. `is_collected`: added by writing to that address."""

    id: int
    name: str
    address: str
    phone: str
    note: str
    is_collected: bool
    is_group: bool = False
    organisation: str = ""
    others: tuple[str, ...] = ()
    has_photo: bool = False
    members: int = 0


class GroupMembers(NamedTuple):
    """Name of a group, and (name, address) of each member."""

    name: str
    members: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class AddressBook:
    """Address book open to somebody: their own (`account_id`), or a school's (`book_id`).

    `book_id` 0 with a `uai`: the school's book is not created yet.
    """

    account_id: int = 0
    book_id: int = 0
    name: str = "Mes contacts"
    uai: str = ""
    may_write: bool = True


@dataclass(frozen=True)
class Writer:
    """Person who may change a school's book, besides its head."""

    account_id: int
    username: str


@dataclass(frozen=True)
class StoredCard:
    """Card as stored for CardDAV; `text` is its vCard."""

    href: str
    uid: str
    text: str
    etag: str
    changed_at: float  # Unix time


@dataclass(frozen=True)
class InvalidLine:
    """Line or card of a file that was not imported. `code`: of the refusal."""

    number: int
    code: str
    excerpt: str = ""


@dataclass(frozen=True)
class ContactsFile:
    """Contents of a file of contacts."""

    cards: tuple[tuple[str, ContactCard], ...]  # UID ("" if missing) and card
    texts: tuple[str, ...] = ()  # vCard of each card, if the file holds vCards
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()  # name, UIDs of the members
    invalid_lines: tuple[InvalidLine, ...] = ()
    labels: tuple[tuple[str, ...], ...] = ()  # names of the groups of each card (labels, categories)


class CardCompletion(NamedTuple):
    """Card to complete by those of a file. `text`: its vCard; `known`: its columns, if that is unreadable.

    The first card takes the place of one that was only collected.
    """

    uid: str
    text: str
    known: ContactCard
    is_collected: bool
    cards: tuple[ContactCard, ...]


class CardToExport(NamedTuple):
    """Card or group to write. `text`: its vCard; `known`: its columns, if that is unreadable.

    `members`: UIDs, of a group only; `groups`: names of those that a card is in, for a table.
    """

    uid: str
    text: str
    known: ContactCard
    members: tuple[str, ...] | None = None
    groups: tuple[str, ...] = ()


class CompletedCard(NamedTuple):
    """Card once completed, its vCard, and whether each card of the file changed it."""

    card: ContactCard
    text: str
    changes: tuple[bool, ...]


@dataclass(frozen=True)
class ImportReport:
    """Result of an import, in cards. `same`: already there; `groups`: those the file named."""

    added: int
    changed: int
    same: int
    groups: int
    invalid_lines: tuple[InvalidLine, ...]


@dataclass(frozen=True)
class Duplicates:
    """Cards that look like the same person. `shared`: what they share, `address` or `name`."""

    shared: str
    cards: tuple[ContactSummary, ...]
