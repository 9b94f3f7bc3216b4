"""Nouns of credentials: the instance's keys, and an account as a sign-in sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class SecretKeys:
    """What seals one-time secrets: several keys of 32 bytes during a rotation, by their short name."""

    current: str
    sealing: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenKeys:
    """What signs mail tokens: a P-256 private key (PEM), its short name, and who we say we are."""

    private_pem: str = field(repr=False)
    kid: str
    issuer: str


@dataclass(frozen=True, slots=True)
class Identified:
    """An account found by something its owner typed. `hashed` is "" when no password opens it."""

    account_id: int
    person_id: int | None
    state: str
    role: str
    hashed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConfirmedDevice:
    """A confirmed source of one-time codes; `kind` is `app` or `key`."""

    device_id: int
    kind: str
    sealed: bytes = field(repr=False)
    period: int
    hashed_pin: str = field(repr=False)
    last_step: int


@dataclass(frozen=True, slots=True)
class PasswordContext:
    """What others may know of a person: no password may be made of it."""

    words: tuple[str, ...] = ()  # names, username, school, town, académie
    numens: tuple[str, ...] = field(default=(), repr=False)
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class KeyReceipt:
    """The receipt of a key handed over."""

    serial: str
    holder: str
    issuer: str
    academy: str
    at: datetime


class Strength(StrEnum):
    """The strength of a password, in the French words shown."""

    TOO_SHORT = "Trop court"
    TOO_LONG = "Trop long"
    TOO_COMMON = "Trop courant"
    TOO_CLOSE = "Trop proche de vous"
    TOO_SIMPLE = "Trop simple"
    FAIR = "Correct"
    GOOD = "Bon"
    EXCELLENT = "Excellent"

    @property
    def is_enough(self) -> bool:
        return self in (Strength.FAIR, Strength.GOOD, Strength.EXCELLENT)
