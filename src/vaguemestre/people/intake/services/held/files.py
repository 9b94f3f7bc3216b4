"""Files of held feeds, on disk and sealed: they quote civil status and NUMEN."""

from pathlib import Path

from vaguemestre.people.directory.rules.numen_vault import (
    HeldKeys,
    is_sealed_with_current_key,
    open_envelope,
    seal_envelope,
    unseal_bytes,
)
from vaguemestre.people.directory.values import NumenKeys
from vaguemestre.people.intake.values import HELD_FILE_PURPOSE

KINDS = ("feed", "structures")
# An envelope begins with the length of its sealed key, below 256; what is sealed whole, with a digit.
_ENVELOPE = b"\0"


def write_held_files(directory: Path, feed_id: int, feed: bytes, places: bytes, keys: NumenKeys) -> None:
    """Keep both files sealed. Raises OSError."""
    directory.mkdir(mode=0o770, parents=True, exist_ok=True)
    for kind, content in zip(KINDS, (feed, places), strict=True):
        _write(directory / f"{feed_id}.{kind}", seal_envelope(content, keys, HELD_FILE_PURPOSE))


def has_held_files(directory: Path, feed_id: int) -> bool:
    """Whether the feed of that id still has its file."""
    return (directory / f"{feed_id}.feed").exists()


def read_held_files(directory: Path, feed_id: int, keys: NumenKeys) -> tuple[bytes, bytes]:
    """(feed, establishments). Raises OSError, Refusal `directory.numen-sealed-otherwise`."""
    feed, places = (_open((directory / f"{feed_id}.{kind}").read_bytes(), keys) for kind in KINDS)
    return feed, places


def erase_held_files(directory: Path, feed_id: int) -> None:
    """Erase them, if they are still there."""
    for kind in KINDS:
        (directory / f"{feed_id}.{kind}").unlink(missing_ok=True)


def reseal_held_files(directory: Path, keys: HeldKeys) -> int:
    """Seal again those that an earlier key sealed; returns the count."""
    count = 0
    for path in sorted(directory.glob("*.*")) if directory.is_dir() else ():
        content = path.read_bytes()
        if path.suffix.removeprefix(".") in KINDS and not _is_current(content, keys):
            _write(path, seal_envelope(_open(content, keys), keys, HELD_FILE_PURPOSE))
            count += 1
    return count


def _write(path: Path, content: bytes) -> None:
    """Replace the file at once: a worker may be reading the former one."""
    written = path.with_name(f"{path.name}.new")
    written.write_bytes(content)
    written.chmod(0o660)
    written.replace(path)


def _open(sealed: bytes, keys: NumenKeys) -> bytes:
    if sealed.startswith(_ENVELOPE):
        return open_envelope(sealed, keys, HELD_FILE_PURPOSE)
    return unseal_bytes(sealed, keys, HELD_FILE_PURPOSE)


def _is_current(sealed: bytes, keys: HeldKeys) -> bool:
    return is_sealed_with_current_key(sealed[2:] if sealed.startswith(_ENVELOPE) else sealed, keys)
