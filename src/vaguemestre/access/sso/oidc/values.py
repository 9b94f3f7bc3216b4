"""Values of OpenID Connect."""

from dataclasses import dataclass, field
from datetime import datetime

from vaguemestre.access.sso.registry.values import Signing

ACR = "eidas1"  # the assurance of a sign-in here (docs/domain.md §4.6)
ACR_MFA = "https://refeds.org/profile/mfa"  # with two factors, for clients that request it


@dataclass(frozen=True, slots=True)
class AuthenticationRequest:
    """An authentication request whose client and redirect URI are already checked."""

    scope: tuple[str, ...]
    challenge: str
    state: str = ""
    nonce: str = ""
    silent: bool = False  # prompt=none
    again: bool = False  # prompt=login, prompt=select_account, max_age=0
    max_age: int | None = None
    name: str = ""  # login_hint
    hint: str = ""  # id_token_hint
    consent: bool = False  # prompt=consent
    acr: tuple[str, ...] = ()  # acr_values


@dataclass(frozen=True, slots=True)
class ProtocolError:
    """An error of RFC 6749 or OpenID Connect: its code, and a sentence for developers."""

    error: str
    words: str


@dataclass(frozen=True, slots=True)
class SignInProof:
    """When and how the user signed in."""

    at: datetime
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """What the token endpoint returns."""

    account_id: int
    sid: str
    scope: tuple[str, ...]
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    signed_in: SignInProof
    nonce: str = ""
    acr: str = ACR


@dataclass(frozen=True, slots=True)
class Key:
    """A signing key: private PEM, key ID, and from when it signs."""

    number: int
    kind: Signing
    kid: str
    private_pem: str = field(repr=False)
    signs_from: datetime
