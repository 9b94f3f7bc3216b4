"""Encryption of stored NUMENs (AES-256-GCM), and the keyed hash (HMAC-SHA256) that finds them.

A sealed NUMEN is `key id (8 ASCII) · nonce (12) · ciphertext and tag`; the key id lets keys rotate.
"""

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.rules.numens import parse_numen
from vaguemestre.people.directory.values import Numen, NumenKeys

_KEY_ID_BYTES = 8
_NONCE_BYTES = 12
_LENGTH_BYTES = 2  # before the sealed key of an envelope
PURPOSE = b"numen"


@dataclass(frozen=True, slots=True)
class HeldKeys:
    """The keys themselves (`NumenKeys`): encryption keys by id (several during a rotation), hash key."""

    current: str
    sealing: Mapping[str, bytes] = field(repr=False)
    digest_key: bytes = field(repr=False)

    def digest(self, text: str) -> str:
        return hmac.digest(self.digest_key, text.encode(), "sha256").hex()

    def seal(self, content: bytes, purpose: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        box = AESGCM(self.sealing[self.current]).encrypt(nonce, content, purpose)
        return self.current.encode() + nonce + box

    def unseal(self, sealed: bytes, purpose: bytes) -> bytes:
        key = self.sealing.get(sealed[:_KEY_ID_BYTES].decode("ascii", "replace"))
        if key is None:
            raise Refusal("directory.numen-sealed-otherwise")
        nonce, box = sealed[_KEY_ID_BYTES:][:_NONCE_BYTES], sealed[_KEY_ID_BYTES + _NONCE_BYTES :]
        try:
            return AESGCM(key).decrypt(nonce, box, purpose)
        except InvalidTag as error:
            raise Refusal("directory.numen-sealed-otherwise") from error

    def mask(self, sealed: bytes) -> str:
        return unseal(sealed, self).masked


def keys_from(secret: str, *former: str) -> HeldKeys:
    """Keys derived from the instance's secret, and from former secrets to unseal.

    The digest key does not rotate: it comes from the oldest secret, or look-ups would miss.
    """
    secrets = tuple(dict.fromkeys((secret, *former)))
    sealing = {key_id(each): _derive_key(each, b"numen sealing") for each in secrets}
    return HeldKeys(key_id(secret), sealing, _derive_key(secrets[-1], b"numen digest"))


def key_id(secret: str) -> str:
    """The id of the sealing key of a secret: 8 hexadecimal digits."""
    return hashlib.sha256(b"numen key id" + secret.encode()).hexdigest()[:_KEY_ID_BYTES]


def digest(numen: Numen, keys: NumenKeys) -> str:
    """The keyed hash of a NUMEN: 64 hexadecimal digits."""
    return keys.digest(numen.text)


def seal(numen: Numen, keys: NumenKeys) -> bytes:
    """Seal a NUMEN with the current key."""
    return keys.seal(numen.text.encode(), PURPOSE)


def seal_bytes(content: bytes, keys: NumenKeys, purpose: bytes) -> bytes:
    """Seal content that quotes a NUMEN; only the same `purpose` unseals it."""
    return keys.seal(content, purpose)


def seal_envelope(content: bytes, keys: NumenKeys, purpose: bytes) -> bytes:
    """Seal content of any size: encrypted here with a random key, and only that key is sealed by `keys`.

    `length (2) · sealed key · nonce (12) · ciphertext and tag`.
    """
    key, nonce = AESGCM.generate_key(256), os.urandom(_NONCE_BYTES)
    sealed_key = keys.seal(key, purpose)
    head = len(sealed_key).to_bytes(_LENGTH_BYTES) + sealed_key + nonce
    return head + AESGCM(key).encrypt(nonce, content, purpose)


def open_envelope(sealed: bytes, keys: NumenKeys, purpose: bytes) -> bytes:
    """Unseal content of `seal_envelope`. Raises Refusal `directory.numen-sealed-otherwise`."""
    end = _LENGTH_BYTES + int.from_bytes(sealed[:_LENGTH_BYTES])
    key = keys.unseal(sealed[_LENGTH_BYTES:end], purpose)
    nonce, box = sealed[end:][:_NONCE_BYTES], sealed[end + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, box, purpose)
    except (InvalidTag, ValueError) as error:
        raise Refusal("directory.numen-sealed-otherwise") from error


def is_sealed_with_current_key(sealed: bytes, keys: HeldKeys) -> bool:
    """Whether it was sealed with the current key."""
    return sealed[:_KEY_ID_BYTES] == keys.current.encode()


def unseal(sealed: bytes, keys: NumenKeys) -> Numen:
    """Unseal a NUMEN. Raises Refusal `directory.numen-sealed-otherwise` if no key fits."""
    return parse_numen(keys.unseal(sealed, PURPOSE).decode())


def unseal_bytes(sealed: bytes, keys: NumenKeys, purpose: bytes) -> bytes:
    """Unseal content of `seal_bytes`. Raises Refusal `directory.numen-sealed-otherwise`."""
    return keys.unseal(sealed, purpose)


def _derive_key(secret: str, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=purpose).derive(secret.encode())
