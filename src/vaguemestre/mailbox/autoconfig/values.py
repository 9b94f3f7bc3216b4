"""Nouns of devices."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Server:
    """A door of the mail service, TLS from the first byte (RFC 8314 §3)."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What a mail program must know. The login name is the address, whichever of the person's it is."""

    domain: str
    name: str
    imap: Server
    smtp: Server
    sieve: Server
    guide_url: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the domain name system: a name without its last dot, a kind of record.

    Where no CNAME stands, its addresses answer.
    """

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Holder:
    """For whom a profile is made; empty texts are asked by the device."""

    address: str = ""
    name: str = ""
    password: str = ""
