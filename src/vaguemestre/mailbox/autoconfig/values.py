"""Values of autoconfig. Frozen."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Server:
    """A server of the mail service, with implicit TLS (RFC 8314 §3)."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Offer:
    """Settings for a mail client. The login is any address of the person."""

    domain: str
    name: str
    imap: Server
    smtp: Server
    sieve: Server
    guide_url: str


@dataclass(frozen=True, slots=True)
class Question:
    """A DNS question: a name without its final dot, and a record type.

    For CNAME, the addresses of the name are the answer if there is no CNAME.
    """

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Owner of a profile; the device asks for fields that are empty."""

    address: str = ""
    name: str = ""
    password: str = ""
