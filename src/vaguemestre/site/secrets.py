"""The instance's own secrets: made at the first start, kept in files of root's.

A process that is not root gets copies of those it needs, in a folder of its own that $CREDENTIALS_DIRECTORY
names: as systemd does it (systemd.exec(5)).
"""

import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from vaguemestre.engines.database.database_login import CREDENTIALS

_RANDOM = (
    "django_key",
    "field_key",
    "numen_key",
    "push_key",  # signs the tickets of live streams
    "notify_key",  # lets Dovecot and our rooms say that a mailbox changed
    "throttle_key",  # lets Dovecot ask about a sign-in
    "doveadm_key",
    "moving_key",
    "filter_key",
    "seal_key",  # of what our submission service vouches for
    "srs_key",  # of the senders of what is sent on (postsrsd)
)

_FORMER = ("numen_key.former",)  # there from the first day: a unit of systemd names the files it is given


def make_missing(folder: Path) -> None:
    """Create the secrets that are not there yet; those that are stay as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name in _RANDOM:
        _write_once(folder / name, secrets.token_hex(32).encode())
    for name in _FORMER:
        (folder / name).touch(mode=0o600)
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write_once(folder / "token_key.pem", pem)


def needed_files(folder: Path) -> Iterator[Path]:
    """What a machine of several is brought: every key, and what they were before."""
    return (folder / name for name in (*_RANDOM, "token_key.pem", *_FORMER))


def digests(folder: Path) -> dict[str, str]:
    """Digests of the keys that all machines share, to compare two machines without telling the keys."""
    return {name: _digest(name, read(folder, name)) for name in (*_RANDOM, "token_key.pem")}


def former_digests(folder: Path) -> dict[str, tuple[str, ...]]:
    """Digests of the former keys."""
    names = [name.removesuffix(".former") for name in _FORMER]
    return {name: tuple(_digest(name, value) for value in former(folder, name)) for name in names}


def _digest(name: str, value: str) -> str:
    return hashlib.sha256(f"vaguemestre key {name} {value}".encode()).hexdigest()


def are_given() -> bool:
    """Whether this process was given copies of its secrets, and no others are its own."""
    return CREDENTIALS in os.environ


def path_of(folder: Path, name: str) -> Path:
    """Path of a secret, as this process reads it."""
    return Path(os.environ.get(CREDENTIALS) or folder) / name


def read(folder: Path, name: str) -> str:
    """The text of a secret. Raises FileNotFoundError, loudly, when it was never made, or not given to us."""
    return path_of(folder, name).read_text().strip()


def given(folder: Path, name: str) -> str:
    """The text of a secret; empty when this process was not given it."""
    return "" if are_given() and not path_of(folder, name).exists() else read(folder, name)


def former(folder: Path, name: str) -> tuple[str, ...]:
    """What the secret was before, the newest first; the oldest is the one it was made with."""
    path = path_of(folder, f"{name}.former")
    return tuple(path.read_text().split()) if path.exists() else ()


def rotate(folder: Path, name: str) -> None:
    """A new secret in the place of that one, which is kept: what it sealed still opens.

    Killed in between, the secret stands twice and nothing is lost.
    """
    values = (read(folder, name), *former(folder, name))
    _write(folder / f"{name}.former", "\n".join(dict.fromkeys(values)).encode())
    _write(folder / name, secrets.token_hex(32).encode())


def forget_former(folder: Path, name: str) -> None:
    """Keep the secret and the one it was made with: whatever came between opens nothing any more."""
    values = former(folder, name)
    if len(values) > 1:
        _write(folder / f"{name}.former", values[-1].encode())


def _write_once(path: Path, content: bytes) -> None:
    if not path.exists():
        _write(path, content)


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_name(f"{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
