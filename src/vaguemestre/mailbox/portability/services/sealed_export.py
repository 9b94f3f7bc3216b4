"""Everything somebody has, written for another installation; interrupted, it goes on where it was."""

import fcntl
import hashlib
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.portability.ports import Store
from vaguemestre.mailbox.portability.rules import sealed
from vaguemestre.mailbox.portability.rules.sealed import Card, Identity
from vaguemestre.mailbox.portability.values import Kept, Tally

_CHUNK = 1_048_576
_SLICE = 100  # messages between two notes of how far it is


@dataclass
class _Written:
    """How far a file is: its length, its records, the folder at work, the last (UIDVALIDITY, UID) of each."""

    length: int
    count: int = 0
    folder: str = ""
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)

    def cursor(self) -> str:
        return json.dumps([self.length, self.count, self.folder, self.seen])


def write_archive(
    store: Store,
    file: Path,
    mailbox: str,
    mine: Identity,
    to: Card,
    *,
    parts: Callable[[], Iterable[tuple[str, bytes]]],
    tell: Callable[[Tally], object] = lambda _: None,
) -> Tally:
    """Write `file`, in its place only when it is whole. Killed and run again, it goes on.

    Beside it until then: `.part`, and `.suite`, the notes, which say whose it is and how far. Each message of
    the mailbox stands in it at least once; whoever reads it adds each once. Raises Refusal
    `portability.being-written`, OSError.
    """
    work, notes = file.with_name(f"{file.name}.part"), file.with_name(f"{file.name}.suite")
    subject = [mailbox, to.domain, to.fingerprint]
    with _alone(work):
        known = _noted(notes, work, subject, mine)
        ephemeral, tally = known or (os.urandom(32), Tally())
        if known is None:
            _note(notes, subject, ephemeral, tally, mine)
        while not tally.is_over:
            stop = tally.added + _SLICE

            def enough(now: Tally, stop: int = stop) -> bool:
                tell(now)
                return now.added >= stop

            tally = write_sealed(
                store, work, tally, mine, to, ephemeral=ephemeral, parts=parts, enough=enough
            )
            if not tally.is_over:
                _note(notes, subject, ephemeral, tally, mine)
        work.replace(file)
        _settle(file.parent)
        notes.unlink(missing_ok=True)
    return tally


def write_sealed(
    store: Store,
    path: Path,
    so_far: Tally,
    mine: Identity,
    to: Card,
    *,
    ephemeral: bytes,
    parts: Callable[[], Iterable[tuple[str, bytes]]],
    enough: Callable[[Tally], bool] = lambda _: False,
) -> Tally:
    """Write the folders into `path`, from where `so_far` stopped, then the parts, the end and the signature.

    What a killed run wrote after the cursor is cut off. Folders are looked at twice: what was moved behind
    the one at work is not lost. `ephemeral`: the same for each run of one archive, and never for another.
    """
    beginning, key = sealed.begun(mine, to, ephemeral)
    header = beginning[len(sealed.MAGIC) + 4 :]
    done = _read(so_far.cursor)
    tally = so_far if done else replace(so_far, added=0)
    if not path.exists():
        path.touch(0o600)
    with path.open("r+b") as file:
        if done is None:
            file.write(beginning)
            done = _Written(len(beginning))
        file.truncate(done.length)
        file.seek(done.length)

        def keep(meta: dict[str, Any], content: bytes) -> None:
            file.write(sealed.sealed_record(key, done.count, header, meta, content))
            done.count += 1

        for now, kept, meta in _messages(store, tally, done):
            tally = now
            keep(meta, kept.content)
            done.seen[meta["folder"]] = (kept.validity, kept.uid)
            if enough(tally):
                _on_disk(file)
                done.length = file.tell()
                return replace(tally, cursor=done.cursor())
        for name, content in parts():
            keep({"part": name}, content)
        keep({"end": tally.added}, b"")
        file.flush()
        digest = _digest(path)
        file.seek(0, os.SEEK_END)
        file.write(sealed.signature(mine, digest))
        _on_disk(file)
    return replace(tally, reached=tally.total, is_over=True)


def _messages(store: Store, tally: Tally, done: _Written) -> Iterator[tuple[Tally, Kept, dict[str, Any]]]:
    """Each message that `done` has not seen, and how far the archive is with it."""
    for is_again in (False, True):
        places = store.places()
        uses = {name: use for use, name in places.special.items()}
        folders = sorted(places.names)
        for place, folder in enumerate(folders):
            if folder < done.folder and not is_again:
                continue
            done.folder = done.folder if is_again else folder
            validity, uid = done.seen.get(folder, (0, 0))
            reached = len(folders) if is_again else place
            for kept in store.kept(folder, uid, validity):
                tally = replace(tally, total=len(folders), reached=reached, added=tally.added + 1)
                yield (
                    tally,
                    kept,
                    {
                        "folder": folder,
                        "use": uses.get(folder, ""),
                        "flags": sorted(kept.flags),
                        "date": kept.date.isoformat(),
                        "sha256": hashlib.sha256(kept.content).hexdigest(),
                    },
                )


def _read(cursor: str) -> _Written | None:
    """None for the beginning."""
    if not cursor.startswith("["):
        return None
    length, count, folder, seen = json.loads(cursor)
    return _Written(length, count, folder, {name: (one[0], one[1]) for name, one in seen.items()})


def _noted(notes: Path, work: Path, subject: list[str], mine: Identity) -> tuple[bytes, Tally] | None:
    """What a run before noted of this very archive; None when there is nothing to go on with."""
    if not notes.is_file() or (told := sealed.read_notes(mine, notes.read_bytes())) is None:
        return None
    tally, written = Tally(**{**told["tally"], "left": ()}), _read(told["tally"]["cursor"])
    if told["subject"] != subject or (written and work.stat().st_size < written.length):
        return None
    return b64decode(told["ephemeral"]), tally


def _note(notes: Path, subject: list[str], ephemeral: bytes, tally: Tally, mine: Identity) -> None:
    """In the place of the last ones, at once and on the disk."""
    told = {"subject": subject, "ephemeral": b64encode(ephemeral).decode(), "tally": asdict(tally)}
    beside = notes.with_name(f"{notes.name}.new")
    beside.touch(0o600)
    with beside.open("wb") as file:
        file.write(sealed.written_notes(mine, told))
        _on_disk(file)
    beside.replace(notes)
    _settle(notes.parent)


@contextmanager
def _alone(work: Path) -> Iterator[None]:
    """One run at a time. Raises Refusal `portability.being-written`."""
    work.touch(0o600)
    with work.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refusal("portability.being-written") from error
        yield


def _digest(path: Path) -> bytes:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.digest()


def _on_disk(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """The names in a folder, on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
