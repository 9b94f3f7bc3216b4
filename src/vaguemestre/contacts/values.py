"""Nouns of an address book. All frozen."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ContactCard:
    """What a person keeps about a correspondent; `address` is checked and lower case."""

    name: str
    address: str
    phone: str = ""
    note: str = ""


@dataclass(frozen=True)
class Known:
    """A card of the book. `is_collected`: added by writing to them, not on purpose."""

    id: int
    name: str
    address: str
    phone: str
    note: str
    is_collected: bool
