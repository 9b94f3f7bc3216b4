"""Nouns of the registry."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Protocol(StrEnum):
    OIDC = "oidc"
    CAS = "cas"


class Signing(StrEnum):
    """How identity tokens are signed for an application; RS256 for libraries that know nothing newer."""

    ES256 = "ES256"
    RS256 = "RS256"


@dataclass(frozen=True, slots=True)
class Registration:
    """What is written down of an application. `addresses`: redirect URIs, or CAS services.

    `public`: it keeps no secret (a page, a program on a phone). `home`: where the portal leads.
    Empty `categories` and `roles`: everybody may enter.
    """

    client_id: str
    name: str
    protocol: Protocol
    addresses: tuple[str, ...]
    home: str = ""
    description: str = ""
    icon: str = "external-link"
    after_sign_out: tuple[str, ...] = ()
    tell_sign_out: str = ""
    public: bool = False
    signing: Signing = Signing.ES256
    released: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Application:
    """A registration as it stands."""

    application_id: int
    client_id: str
    name: str
    description: str
    icon: str
    protocol: Protocol
    home: str
    addresses: tuple[str, ...]
    after_sign_out: tuple[str, ...]
    tell_sign_out: str
    public: bool
    secret_sha256: str
    signing: Signing
    released: tuple[str, ...]
    categories: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody as applications may know them; who may enter is decided on the same facts."""

    account_id: int
    is_active: bool
    subject: str
    username: str
    role: str
    name: str
    first_name: str
    last_name: str
    address: str
    category: str = ""
    schools: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody inside an application. `sid` names it to the application, `reference` is a CAS ticket."""

    visit_id: int
    application: Application
    account_id: int
    session_key: str
    sid: str
    service: str
    reference: str
    ended_at: datetime | None
