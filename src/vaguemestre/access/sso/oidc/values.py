"""Nouns of OpenID Connect."""

from dataclasses import dataclass, field
from datetime import datetime

from vaguemestre.access.sso.registry.values import Signing

ACR = "eidas1"  # what a sign-in here is worth (docs/domain.md §4.6)
ACR_MFA = "https://refeds.org/profile/mfa"  # with two factors, told to whoever asks for it


@dataclass(frozen=True, slots=True)
class Asked:
    """An authentication request whose application and redirect address were already found good."""

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
class Wrong:
    """An error of RFC 6749 or OpenID Connect: its code, and a sentence for developers."""

    error: str
    words: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """How and when the person signed in."""

    at: datetime
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Granted:
    """What the token endpoint hands over."""

    account_id: int
    sid: str
    scope: tuple[str, ...]
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    signed_in: SignedIn
    nonce: str = ""
    acr: str = ACR


@dataclass(frozen=True, slots=True)
class Key:
    """A signing key: private PEM, its public name, and from when it signs."""

    number: int
    kind: Signing
    kid: str
    private_pem: str = field(repr=False)
    signs_from: datetime
