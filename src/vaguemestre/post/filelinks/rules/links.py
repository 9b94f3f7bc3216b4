"""The secret token of a shared file's link: found by its digest, sealed for its owner to read again."""

import hashlib
import secrets

from vaguemestre.people.credentials.rules.secret_box import seal, unseal
from vaguemestre.people.credentials.values import SecretKeys


def new_token() -> str:
    """256 random bits, base64url."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """SHA-256, in hexadecimal: stored in the table, and the file's name in the store."""
    return hashlib.sha256(token.encode()).hexdigest()


def sealed_token(token: str, account_id: int | None, keys: SecretKeys) -> bytes:
    """The token, sealed: a leaked table opens no file."""
    return seal(token.encode(), account_id or 0, keys)


def opened_token(sealed: bytes, account_id: int | None, keys: SecretKeys) -> str:
    """The token, unsealed. Raises Refusal `credentials.secret-sealed-otherwise`."""
    return unseal(sealed, account_id or 0, keys).decode()
