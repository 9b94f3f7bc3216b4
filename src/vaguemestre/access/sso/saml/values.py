"""Values of SAML 2.0."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Binding(StrEnum):
    REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
    POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
    SOAP = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP"


class Format(StrEnum):
    """NameID formats."""

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
    UNKNOWN_PRINCIPAL = "urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal"
    DENIED = "urn:oasis:names:tc:SAML:2.0:status:RequestDenied"


PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"  # noqa: S105 - a class's name
MFA = "https://refeds.org/profile/mfa"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint of a provider. `answers`: its ResponseLocation, if different."""

    binding: str
    address: str
    answers: str = ""
    index: int = 0
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class ServiceProvider:
    """A service provider, from its metadata. Certificates are DER."""

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
    wanted: tuple[str, ...] = ()  # requested attributes, by our names


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """An identity provider we send requests to. `address`: its redirect endpoint. Certificates are DER."""

    entity_id: str
    address: str
    signing: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class PartnerIdentity:
    """The user an identity provider's response names. `answers`: our request ID; `until`: replay window."""

    user: str = field(repr=False)
    answers: str
    assertion_id: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Peer:
    """A registered service provider. `encrypts`: its assertions are encrypted."""

    client_id: str
    provider: ServiceProvider
    encrypts: bool


@dataclass(frozen=True, slots=True)
class AcceptedRequest:
    """An authentication request that passed all checks, and the consumer to respond to."""

    client_id: str
    request_id: str
    consumer: str
    relay: str
    format: str = ""
    again: bool = False  # ForceAuthn
    passive: bool = False
    contexts: tuple[str, ...] = ()
    subject: str | None = None  # the NameID of who must sign in; "" if it cannot be read


@dataclass(frozen=True, slots=True)
class AuthnRequest:
    """An AuthnRequest as parsed, not yet verified."""

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
    subject: str | None = None  # the NameID of who must sign in; "" if it cannot be read


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """A LogoutRequest as parsed, not yet verified."""

    request_id: str
    issuer: str
    destination: str
    issued_at: datetime
    name_id: str = field(repr=False)
    indexes: tuple[str, ...] = ()
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RequestError:
    """Why a request is refused: a French sentence for the page. Nothing is sent to the provider."""

    words: str


@dataclass(frozen=True, slots=True)
class SigningPair:
    """Our key and its certificate (PEM), and from when it signs."""

    number: int
    private_pem: bytes = field(repr=False)
    certificate: bytes
    signs_from: datetime
