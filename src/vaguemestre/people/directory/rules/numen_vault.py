"""NUMENs at rest: encrypted (AES-256-GCM) for those who may read them, keyed hash (HMAC-SHA256) to find them.

A sealed NUMEN is `key id (8 ASCII) · nonce (12) · ciphertext and tag`; the key id lets keys rotate.
"""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.rules.numens import parse_numen
from vaguemestre.people.directory.values import Numen, NumenKeys

_ID = 8
_NONCE = 12
_PURPOSE = b"numen"


def keys_from(secret: str, *former: str) -> NumenKeys:
    """The keys derived from the instance's secret, with those of former secrets still able to open.

    The digest key does not rotate: it comes from the oldest secret, or look-ups would miss.
    """
    secrets = tuple(dict.fromkeys((secret, *former)))
    sealing = {key_id(one): _derived(one, b"numen sealing") for one in secrets}
    return NumenKeys(key_id(secret), sealing, _derived(secrets[-1], b"numen digest"))


def key_id(secret: str) -> str:
    return hashlib.sha256(b"numen key id" + secret.encode()).hexdigest()[:_ID]


def digest(numen: Numen, keys: NumenKeys) -> str:
    """64 hexadecimal digits, the same for the same NUMEN."""
    return hmac.digest(keys.digest, numen.text.encode(), "sha256").hex()


def seal(numen: Numen, keys: NumenKeys) -> bytes:
    return seal_bytes(numen.text.encode(), keys, _PURPOSE)


def seal_bytes(content: bytes, keys: NumenKeys, purpose: bytes) -> bytes:
    """Anything that quotes a NUMEN, sealed the same way; only the same `purpose` opens it."""
    nonce = os.urandom(_NONCE)
    return keys.current.encode() + nonce + AESGCM(keys.sealing[keys.current]).encrypt(nonce, content, purpose)


def is_sealed_now(sealed: bytes, keys: NumenKeys) -> bool:
    """Whether the current key sealed it."""
    return sealed[:_ID] == keys.current.encode()


def unseal(sealed: bytes, keys: NumenKeys) -> Numen:
    """The NUMEN back. Raises Refusal `directory.numen-sealed-otherwise` when no key opens it."""
    return parse_numen(unseal_bytes(sealed, keys, _PURPOSE).decode())


def unseal_bytes(sealed: bytes, keys: NumenKeys, purpose: bytes) -> bytes:
    """What `seal_bytes` sealed. Raises Refusal `directory.numen-sealed-otherwise`."""
    key = keys.sealing.get(sealed[:_ID].decode("ascii", "replace"))
    if key is None:
        raise Refusal("directory.numen-sealed-otherwise")
    try:
        return AESGCM(key).decrypt(sealed[_ID : _ID + _NONCE], sealed[_ID + _NONCE :], purpose)
    except InvalidTag as error:
        raise Refusal("directory.numen-sealed-otherwise") from error


def _derived(secret: str, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=purpose).derive(secret.encode())
