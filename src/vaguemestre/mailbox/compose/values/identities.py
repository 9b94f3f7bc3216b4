"""Sender identities, signatures and stock texts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SenderIdentity:
    """Stored identity. `signed_with`: "", `academy` (its template) or `own` (`signature`, with variables)."""

    id: int
    address: str
    name: str
    reply_to: str
    signed_with: str
    signature: str
    is_default: bool


@dataclass(frozen=True)
class IdentityFields:
    """Fields of the identity form, as typed."""

    address: str
    name: str
    reply_to: str = ""
    signed_with: str = ""
    signature: str = ""
    is_default: bool = False


@dataclass(frozen=True)
class AcademySignature:
    """The académie's signature: HTML with variables. `is_imposed`: every message carries it, and no other."""

    template: str = ""
    is_imposed: bool = False


@dataclass(frozen=True)
class SignatureVariables:
    """Values of the variables of a signature; "" when unknown."""

    name: str = ""
    function: str = ""
    school: str = ""
    academy: str = ""
    surname: str = ""


@dataclass(frozen=True)
class SenderOption:
    """Choice of the field « De »; `signature` has its variables replaced."""

    id: int
    name: str
    address: str
    signature: str


@dataclass(frozen=True)
class StockTextInfo:
    """Stock text. `school`: name of the school it is shared with; 0 and "" when it is not shared."""

    id: int
    title: str
    subject: str
    html: str
    is_own: bool
    structure_id: int
    school: str


@dataclass(frozen=True)
class StockTextFields:
    """Fields of the stock text form, as typed."""

    title: str
    subject: str
    html: str
    structure_id: int = 0
