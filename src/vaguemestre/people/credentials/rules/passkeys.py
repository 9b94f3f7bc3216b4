"""Passkeys (W3C Web Authentication, level 2 §7): requests to a browser, and verification of its answers."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from vaguemestre.foundation.kernel.errors import Refusal

_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
_NEED_USER = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True, slots=True)
class Party:
    """The relying party: our host name, and the only origin whose pages may use the passkeys."""

    host: str
    name: str
    origin: str


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A new passkey: SHA-256 of its credential id, attested public key, signature counter."""

    credential_sha256: str
    attested: bytes = field(repr=False)
    counter: int


@dataclass(frozen=True, slots=True)
class Ceremony:
    """Options for the browser, and the state to keep until it answers; both JSON-ready."""

    options: Mapping[str, Any]
    state: Mapping[str, Any] = field(repr=False)


def party_at(url: str, name: str) -> Party:
    """The relying party at the public address of the site."""
    origin = "/".join(url.split("/")[:3])
    return Party(origin.partition("//")[2].partition(":")[0], name, origin)


def begin_registration(party: Party, *, mailbox: str, shown: str, registered: Sequence[bytes]) -> Ceremony:
    """Begin the registration of a discoverable, user-verifying passkey; `registered` keys are excluded."""
    user = PublicKeyCredentialUserEntity(
        name=mailbox, id=hashlib.sha256(mailbox.encode()).digest(), display_name=shown
    )
    options, state = _server(party).register_begin(
        user,
        credentials=[AttestedCredentialData(public_key) for public_key in registered],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=_NEED_USER,
    )
    return Ceremony(json.loads(json.dumps(dict(options))), dict(state))


def complete_registration(party: Party, state: Mapping[str, Any], answer: str) -> NewPasskey:
    """The passkey in the browser's answer. Raises Refusal `credentials.passkey-refused`."""
    try:
        data = _server(party).register_complete(state, json.loads(answer))
        attested = data.credential_data
    except _UNREADABLE as error:
        raise Refusal("credentials.passkey-refused") from error
    if attested is None:
        raise Refusal("credentials.passkey-refused")
    return NewPasskey(_sha256(attested.credential_id), bytes(attested), data.counter)


def begin_authentication(party: Party) -> Ceremony:
    """Begin an authentication with any passkey: no account is named, so none is revealed."""
    options, state = _server(party).authenticate_begin(user_verification=_NEED_USER)
    return Ceremony(json.loads(json.dumps(dict(options))), dict(state))


def credential_sha256_of(answer: str) -> str:
    """The SHA-256 of the credential id in an answer. Raises Refusal `credentials.passkey-refused`."""
    try:
        return _sha256(AuthenticationResponse.from_dict(json.loads(answer)).raw_id)
    except _UNREADABLE as error:
        raise Refusal("credentials.passkey-refused") from error


def complete_authentication(
    party: Party, state: Mapping[str, Any], answer: str, attested: bytes, counter: int
) -> int:
    """Verify an answer; returns the new signature counter. Raises Refusal `credentials.passkey-refused`.

    A counter that does not grow means a cloned key (§7.2 step 21); synced passkeys keep it at 0.
    """
    try:
        response = json.loads(answer)
        _server(party).authenticate_complete(state, [AttestedCredentialData(attested)], response)
        now: int = AuthenticationResponse.from_dict(response).response.authenticator_data.counter
    except _UNREADABLE as error:
        raise Refusal("credentials.passkey-refused") from error
    if (now or counter) and now <= counter:
        raise Refusal("credentials.passkey-refused")
    return now


def _server(party: Party) -> Fido2Server:
    entity = PublicKeyCredentialRpEntity(name=party.name, id=party.host)
    return Fido2Server(entity, verify_origin=lambda origin: origin == party.origin)


def _sha256(credential_id: bytes) -> str:
    return hashlib.sha256(credential_id).hexdigest()
