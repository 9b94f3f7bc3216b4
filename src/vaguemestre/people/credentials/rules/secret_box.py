"""Encryption of one-time secrets: AES-256-GCM, `key id (8 ASCII) · nonce (12 bytes) · ciphertext and tag`."""

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.values import SecretKeys

_ID = 8
_NONCE = 12


def keys_from(secret: str, *former: str) -> SecretKeys:
    """Keys derived from the instance's secret, with those of former secrets for decryption."""
    keys = {_key_id(text): _derived(text) for text in (secret, *former)}
    return SecretKeys(_key_id(secret), keys)


def seal(secret: bytes, owner: int, keys: SecretKeys) -> bytes:
    """Encrypt a secret for its owner: moved to the row of another account, it does not decrypt."""
    nonce = os.urandom(_NONCE)
    box = AESGCM(keys.sealing[keys.current]).encrypt(nonce, secret, str(owner).encode())
    return keys.current.encode() + nonce + box


def unseal(sealed: bytes, owner: int, keys: SecretKeys) -> bytes:
    """Decrypt a secret. Raises Refusal `credentials.secret-sealed-otherwise`."""
    key = keys.sealing.get(sealed[:_ID].decode("ascii", "replace"))
    if key is None:
        raise Refusal("credentials.secret-sealed-otherwise")
    try:
        return AESGCM(key).decrypt(sealed[_ID : _ID + _NONCE], sealed[_ID + _NONCE :], str(owner).encode())
    except InvalidTag as error:
        raise Refusal("credentials.secret-sealed-otherwise") from error


def _key_id(secret: str) -> str:
    return hashlib.sha256(b"field key id" + secret.encode()).hexdigest()[:_ID]


def _derived(secret: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"one-time secrets").derive(secret.encode())
