"""Nouns of an address book. All frozen."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ContactCard:
    """What is kept about a correspondent; addresses are checked and lower case, the first is `address`.

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
class Known:
    """A card of a book, as lists show it. `is_collected`: added by writing to them, not on purpose."""

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


@dataclass(frozen=True)
class Shelf:
    """A book somebody has open: their own (`account_id`), or a school's (`book_id`)."""

    account_id: int = 0
    book_id: int = 0
    name: str = "Mes contacts"
    uai: str = ""
    may_write: bool = True


@dataclass(frozen=True)
class Writer:
    """Somebody who may change a school's book besides its head."""

    account_id: int
    username: str


@dataclass(frozen=True)
class Stored:
    """A card as programs know it (CardDAV): its text in vCard."""

    href: str
    uid: str
    text: str
    etag: str
    changed_at: float  # Unix time


@dataclass(frozen=True)
class WrongLine:
    """A line or card of a file that was not taken: where, and the code of why."""

    number: int
    code: str
    said: str = ""


@dataclass(frozen=True)
class Read:
    """What a file of contacts holds."""

    cards: tuple[tuple[str, ContactCard], ...]  # UID ("" when the file gives none) and card
    texts: tuple[str, ...] = ()  # the vCard of each, when the file gives one
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()  # name, UIDs of the members
    wrong: tuple[WrongLine, ...] = field(default=())


@dataclass(frozen=True)
class Imported:
    """What became of a file: new cards, cards changed, cards already there, wrong lines."""

    added: int
    changed: int
    same: int
    wrong: tuple[WrongLine, ...]


@dataclass(frozen=True)
class Twins:
    """Cards that look like the same person; `because` is what they share."""

    because: str
    cards: tuple[Known, ...]
