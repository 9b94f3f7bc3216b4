"""The instance's own secrets: made at the first start, kept in files only the instance reads."""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

_RANDOM = ("django_key", "field_key", "numen_key", "push_key", "doveadm_key")


def make_missing(folder: Path) -> None:
    """Create the secrets that are not there yet; those that are stay as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name in _RANDOM:
        _write_once(folder / name, secrets.token_hex(32).encode())
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write_once(folder / "token_key.pem", pem)


def read(folder: Path, name: str) -> str:
    """The text of a secret. Raises FileNotFoundError, loudly, when it was never made."""
    return (folder / name).read_text().strip()


def _write_once(path: Path, content: bytes) -> None:
    if path.exists():
        return
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
