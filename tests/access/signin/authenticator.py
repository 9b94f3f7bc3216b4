"""A device that holds a passkey, in software: what a browser would send, signed with a P-256 key."""

import hashlib
import json
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG


def text_of(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


class Device:
    """One key. `origin` and `verifies` may be made wrong; `counter` is the count it will tell."""

    def __init__(self, origin: str, host: str = "localhost") -> None:
        self.origin = origin
        self.host = host
        self.verifies = True
        self.counter = 0
        self.credential_id = hashlib.sha256(str(id(self)).encode()).digest()
        self._key = ec.generate_private_key(ec.SECP256R1())

    def create(self, options: dict[str, Any]) -> str:
        client = self._client(CollectedClientData.TYPE.CREATE, options)
        public = ES256.from_cryptography_key(self._key.public_key())
        attested = AttestedCredentialData.create(b"\0" * 16, self.credential_id, public)
        data = AuthenticatorData.create(self._rp_hash(), self._flags() | FLAG.AT, self.counter, attested)
        attestation = AttestationObject.create("none", data, {})
        return self._said({"clientDataJSON": text_of(client), "attestationObject": text_of(attestation)})

    def get(self, options: dict[str, Any]) -> str:
        client = self._client(CollectedClientData.TYPE.GET, options)
        data = AuthenticatorData.create(self._rp_hash(), self._flags(), self.counter)
        signature = self._key.sign(data + client.hash, ec.ECDSA(hashes.SHA256()))
        return self._said(
            {
                "clientDataJSON": text_of(client),
                "authenticatorData": text_of(data),
                "signature": text_of(signature),
            }
        )

    def _client(self, kind: Any, options: dict[str, Any]) -> CollectedClientData:
        return CollectedClientData.create(kind, options["publicKey"]["challenge"], self.origin)

    def _flags(self) -> Any:
        return FLAG.UP | FLAG.UV if self.verifies else FLAG.UP

    def _rp_hash(self) -> bytes:
        return hashlib.sha256(self.host.encode()).digest()

    def _said(self, response: dict[str, str]) -> str:
        name = text_of(self.credential_id)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )
