"""Values of the registry."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from vaguemestre.people.credentials.values import AccountRole


class Protocol(StrEnum):
    OIDC = "oidc"
    CAS = "cas"
    SAML = "saml"
    HEADERS = "headers"  # a legacy application behind nginx that trusts a header


class Signing(StrEnum):
    """Signature algorithm of ID tokens; RS256 for older libraries."""

    ES256 = "ES256"
    RS256 = "RS256"


class Assurance(StrEnum):
    """The assurance an application requires of a sign-in."""

    ORDINARY = "ordinary"
    OTP = "otp"  # two factors: a one-time code or a passkey


class Obstacle(StrEnum):
    """What keeps a user from entering an application."""

    CLOSED = "closed"  # the account is not active
    RESERVED = "reserved"  # the application is for others
    ASSURANCE = "assurance"  # only one factor was proved
    CONSENT = "consent"  # no consent yet
    HELD_BACK = "held-back"  # a second factor, another password or a fresh proof is due first


@dataclass(frozen=True, slots=True)
class Registration:
    """A registered application.

    `addresses`: redirect URIs, CAS services, SAML assertion consumers, or the base address behind nginx.
    `prefixes`: every page beneath one is a CAS service too, since clients send the page requested.
    `public`: it has no secret (a page, a mobile app). `home`: where the portal leads.
    `roles` may always enter; otherwise each non-empty list of `categories`, `functions`, `schools` (UAI) and
    `services` (management services) must match. With all of them empty, everybody may enter.
    `contact`: whom to ask, on refusal pages. `pairwise`: pairwise subject identifiers.
    `proxies`: callback addresses for CAS proxy-granting tickets.
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
    """A stored registration. The former secret stays valid until `former_until`."""

    application_id: int = 0
    secret_sha256: str = field(default="", repr=False)
    former_sha256: str = field(default="", repr=False)
    former_until: datetime | None = None
    has_logo: bool = False

    def has_former(self, now: datetime) -> bool:
        """Whether the secret before the present one still opens."""
        return self.former_until is not None and self.former_until > now


@dataclass(frozen=True, slots=True)
class SchoolPost:
    """A post of a person: the school, and the function there."""

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
    """A user as applications may know them; access is decided on the same facts."""

    account_id: int
    is_active: bool
    subject: str
    username: str
    role: AccountRole
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
    places: tuple[SchoolPost, ...] = ()

    @property
    def schools(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(place.uai for place in self.places))

    @property
    def functions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(place.function for place in self.places if place.function))


@dataclass(frozen=True, slots=True)
class Visit:
    """A user signed in to an application. `sid`: the session identifier given to the application.

    `reference`: what identifies the visit if not `sid`: a CAS ticket, a SAML NameID.
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
class DayCount:
    """Entries and refusals of an application on one day."""

    day: date
    entered: int
    refused: int
