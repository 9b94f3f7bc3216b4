"""Nouns of SAML 2.0."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Binding(StrEnum):
    REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
    POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
    SOAP = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP"


class Format(StrEnum):
    """How a NameID names somebody."""

    TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
    PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"


UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"


class Status(StrEnum):
    """Status codes of a response (core §3.2.2.2); all but the first two are second-level."""

    SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
    REQUESTER = "urn:oasis:names:tc:SAML:2.0:status:Requester"
    PARTIAL_LOGOUT = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout"
    NO_PASSIVE = "urn:oasis:names:tc:SAML:2.0:status:NoPassive"
    NO_CONTEXT = "urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext"
    NAME_ID_POLICY = "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy"
    DENIED = "urn:oasis:names:tc:SAML:2.0:status:RequestDenied"


PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"  # noqa: S105 - a class's name
MFA = "https://refeds.org/profile/mfa"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a service provider listens. `answers`: where answers go, when it is elsewhere."""

    binding: str
    address: str
    answers: str = ""
    index: int = 0
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Described:
    """A service provider as its metadata describe it. Certificates are DER."""

    entity_id: str
    consumers: tuple[Endpoint, ...]
    sign_outs: tuple[Endpoint, ...] = ()
    signing: tuple[bytes, ...] = ()
    encryption: bytes = b""
    formats: tuple[str, ...] = ()
    signs_requests: bool = False
    name: str = ""
    description: str = ""
    home: str = ""
    contact: str = ""
    wanted: tuple[str, ...] = ()  # attributes it asks for, by our names


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider we ask. `address`: where, by redirect. Certificates are DER."""

    entity_id: str
    address: str
    signing: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What a provider said of somebody. `answers`: our request. `until`: it may come again till then."""

    user: str = field(repr=False)
    answers: str
    assertion_id: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Peer:
    """A service provider of the registry. `encrypts`: assertions are for its eyes only."""

    client_id: str
    described: Described
    encrypts: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """An authentication request that was found good: to which consumer the answer goes, and with what."""

    client_id: str
    request_id: str
    consumer: str
    relay: str
    format: str = ""
    again: bool = False  # ForceAuthn
    passive: bool = False
    contexts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """An AuthnRequest as read; nothing is checked but its shape."""

    request_id: str
    issuer: str
    destination: str
    issued_at: datetime
    consumer: str = ""
    index: str = ""
    binding: str = ""
    format: str = ""
    again: bool = False
    passive: bool = False
    contexts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaving:
    """A LogoutRequest as read."""

    request_id: str
    issuer: str
    destination: str
    issued_at: datetime
    name_id: str = field(repr=False)
    indexes: tuple[str, ...] = ()
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a message is not believed: a sentence for the page, nothing leaves."""

    words: str


@dataclass(frozen=True, slots=True)
class SigningPair:
    """The provider's key and its certificate (PEM), and from when it signs."""

    number: int
    private_pem: bytes = field(repr=False)
    certificate: bytes
    signs_from: datetime
