"""Nouns of the registry."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Protocol(StrEnum):
    OIDC = "oidc"
    CAS = "cas"
    SAML = "saml"
    HEADERS = "headers"  # an old application behind nginx, which believes what a header says


class Signing(StrEnum):
    """How identity tokens are signed for an application; RS256 for libraries that know nothing newer."""

    ES256 = "ES256"
    RS256 = "RS256"


class Assurance(StrEnum):
    """How sure of the person an application wants to be."""

    ORDINARY = "ordinary"
    OTP = "otp"  # two factors: a one-time code or a passkey


class Obstacle(StrEnum):
    """What stands between somebody and an application."""

    CLOSED = "closed"  # their account is not active
    RESERVED = "reserved"  # to others
    ASSURANCE = "assurance"  # they proved themselves with one factor
    CONSENT = "consent"  # they did not say yes yet
    HELD_BACK = "held-back"  # their account first wants a second factor, another password, or a fresh proof


@dataclass(frozen=True, slots=True)
class Registration:
    """What is written down of an application.

    `addresses`: redirect URIs, CAS services, SAML assertion consumers, or what stands behind nginx.
    `prefixes`: bases beneath which every page is a CAS service too, since clients send the page asked for.
    `public`: it keeps no secret (a page, a program on a phone). `home`: where the portal leads.
    `roles` enter whatever else is named; of `categories`, `functions`, `schools` (UAI) and `services`
    (management services) each that is named must hold; none and no role named: everybody may enter.
    `contact`: whom to ask, on the pages that refuse. `pairwise`: its own name for each person.
    `proxies`: addresses a CAS service may have proxy-granting tickets sent to.
    """

    client_id: str
    name: str
    protocol: Protocol
    addresses: tuple[str, ...]
    home: str = ""
    description: str = ""
    icon: str = "external-link"
    contact: str = ""
    after_sign_out: tuple[str, ...] = ()
    tell_sign_out: str = ""
    front_sign_out: str = ""
    public: bool = False
    signing: Signing = Signing.ES256
    pairwise: bool = False
    consent: bool = False
    assurance: Assurance = Assurance.ORDINARY
    released: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    schools: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Application(Registration):
    """A registration as it stands. A secret just replaced still opens until `former_until`."""

    application_id: int = 0
    secret_sha256: str = field(default="", repr=False)
    former_sha256: str = field(default="", repr=False)
    former_until: datetime | None = None
    has_logo: bool = False


@dataclass(frozen=True, slots=True)
class Served:
    """Somebody's place: an establishment, and what they do there."""

    uai: str
    name: str
    kind: str
    sector: str
    function: str
    corps: str
    discipline: str
    is_primary: bool


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
    civility: str = ""
    category: str = ""
    service: str = ""  # code of the management service
    academy_code: str = ""
    domain: str = ""
    siret: str = ""  # the académie's, 14 digits
    places: tuple[Served, ...] = ()

    @property
    def schools(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(place.uai for place in self.places))

    @property
    def functions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(place.function for place in self.places if place.function))


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody inside an application. `sid` names it to the application.

    `reference`: how the application knows the visit when not by `sid`: a CAS ticket, a SAML NameID.
    """

    visit_id: int
    application: Application
    account_id: int
    session_key: str
    sid: str
    service: str
    reference: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Day:
    """How many times an application was entered, and refused, on one day."""

    day: date
    entered: int
    refused: int
