"""A folder on disk: Maildirs (and Maildir++), mboxes, .eml files, at any depth."""

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO

from vaguemestre.engines.archives.members import Member
from vaguemestre.engines.archives.zip_and_tar import is_message, is_not_mail

_LETTERS = {"S": "\\Seen", "R": "\\Answered", "F": "\\Flagged", "D": "\\Draft", "P": "$Forwarded"}
_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")


def members(root: Path) -> list[Member]:
    """The members in a stable order, so that a cursor stays valid. Links are not followed."""
    return list(_walk(root, root))


def _walk(folder: Path, root: Path) -> Iterator[Member]:
    children = sorted(folder.iterdir(), key=lambda path: path.name)
    if (folder / "cur").is_dir():
        yield from _maildir(folder, root)
        children = [path for path in children if path.name not in ("cur", "new", "tmp") and path.is_dir()]
    for path in children:
        if path.is_symlink():
            continue
        if path.is_dir():
            yield from _walk(path, root)
        elif path.is_file() and not is_not_mail(path.name) and path.stat().st_size:
            yield from _file(path, root)


def _file(path: Path, root: Path) -> Iterator[Member]:
    parent = path.parent.relative_to(root).as_posix().removeprefix(".")
    size, name = path.stat().st_size, path.relative_to(root).as_posix()
    with path.open("rb") as file:
        is_mbox = file.read(5) == b"From "
    if is_mbox:
        folder = f"{parent}/{path.stem if path.suffix in ('.mbox', '.mbx') else path.name}".strip("/")
        yield Member(name, folder, size, partial(_opened, path), is_mbox=True)
    elif is_message(path.name):
        date = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        yield Member(name, parent, size, partial(_opened, path), date=_unless_dated(path, date))


def _unless_dated(path: Path, date: datetime) -> datetime | None:
    """The file's date, unless the message has a Date field: a lone .eml is often dated by its saving."""
    with path.open("rb") as file:
        return None if b"\ndate:" in file.read(65_536).lower() else date


def _maildir(folder: Path, root: Path) -> Iterator[Member]:
    name = _maildir_folder(folder.relative_to(root).as_posix().removeprefix("."))
    for part in ("cur", "new"):
        if not (folder / part).is_dir():
            continue
        for path in sorted((folder / part).iterdir(), key=lambda path: path.name):
            if not path.is_file() or path.is_symlink():
                continue
            letters = path.name.partition(":2,")[2]
            yield Member(
                path.relative_to(root).as_posix(),
                name,
                path.stat().st_size,
                partial(_opened, path),
                flags=frozenset(_LETTERS[letter] for letter in letters if letter in _LETTERS),
                date=datetime.fromtimestamp(path.stat().st_mtime, UTC),
            )


def _maildir_folder(relative: str) -> str:
    """`.Projets.2026` of a Maildir++ is `Projets/2026`; names are in modified UTF-7 (RFC 3501 §5.1.3)."""
    if relative.startswith(".") or ("/" not in relative and "." in relative):
        relative = relative.strip(".").replace(".", "/")
    return _SHIFTED.sub(_unshifted, relative)


def _unshifted(match: re.Match[str]) -> str:
    if not match[1]:
        return "&"
    padded = match[1].replace(",", "/") + "=" * (-len(match[1]) % 4)
    try:
        return base64.b64decode(padded).decode("utf-16-be")
    except ValueError:
        return match[0]


def _opened(path: Path) -> IO[bytes]:
    return path.open("rb")
