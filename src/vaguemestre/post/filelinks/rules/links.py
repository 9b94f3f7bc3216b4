"""The secret of a lent file's link: looked for by its digest, sealed for its depositor to read again."""

import hashlib
import secrets

from vaguemestre.people.credentials.rules.secret_box import seal, unseal
from vaguemestre.people.credentials.values import SecretKeys


def new_token() -> str:
    """256 bits, of the base64url alphabet."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """SHA-256, in hexadecimal: what the table and the shelf know of a link."""
    return hashlib.sha256(token.encode()).hexdigest()


def sealed_token(token: str, account_id: int | None, keys: SecretKeys) -> bytes:
    """For the depositor's own pages; whoever reads the table alone opens nothing with it."""
    return seal(token.encode(), account_id or 0, keys)


def opened_token(sealed: bytes, account_id: int | None, keys: SecretKeys) -> str:
    """The token again. Raises Refusal `credentials.secret-sealed-otherwise`."""
    return unseal(sealed, account_id or 0, keys).decode()
