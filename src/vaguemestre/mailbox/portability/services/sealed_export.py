"""Sealed archive of an account for another installation. An interrupted export is resumed."""

import fcntl
import hashlib
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO, NamedTuple

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.portability.ports import Store
from vaguemestre.mailbox.portability.rules import sealed
from vaguemestre.mailbox.portability.rules.sealed import Card, Identity
from vaguemestre.mailbox.portability.services.growing_files import GrowingFile, LocalFile, Writer
from vaguemestre.mailbox.portability.values import ExportedMessage, Tally

_CHUNK = 1_048_576
_MESSAGES_PER_CHECKPOINT = 100
_BYTES_PER_CHECKPOINT = 32 * 1024 * 1024  # a hundred messages may hold gigabytes


@dataclass
class _Written:
    """Position in an archive: length, records, current folder, last message of each folder."""

    length: int
    count: int = 0
    folder: str = ""
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)  # folder → (UIDVALIDITY, UID)

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
    """Write `file`, renamed into place when it is complete. A killed run is resumed by the next one.

    Until then, `.part` is the archive and `.suite` its checkpoint: which archive, and the position. What a
    checkpoint names is never written again; what follows it is, a hundred messages or 32 MiB and a message at
    most. Each message of the mailbox is in it at least once; an import adds each once. Raises Refusal
    `portability.being-written`, OSError.
    """
    work, notes = file.with_name(f"{file.name}.part"), file.with_name(f"{file.name}.suite")
    subject = [mailbox, to.domain, to.fingerprint]
    with _locked(work):
        checkpoint = _read_checkpoint(notes, work, subject, mine)
        ephemeral, tally = checkpoint or (os.urandom(32), Tally())
        if checkpoint is None:
            _write_checkpoint(notes, subject, ephemeral, tally, mine)
        while not tally.is_over:
            is_due = _checkpoint_due(work, tally)

            def enough(now: Tally, is_due: Callable[[Tally], bool] = is_due) -> bool:
                tell(now)
                return is_due(now)

            tally = write_sealed(
                store, LocalFile(work), tally, mine, to, ephemeral=ephemeral, parts=parts, enough=enough
            )
            if not tally.is_over:
                _write_checkpoint(notes, subject, ephemeral, tally, mine)
        work.replace(file)
        _sync_folder(file.parent)
        notes.unlink(missing_ok=True)
    return tally


def write_sealed(
    store: Store,
    archive: GrowingFile,
    so_far: Tally,
    mine: Identity,
    to: Card,
    *,
    ephemeral: bytes,
    parts: Callable[[], Iterable[tuple[str, bytes]]],
    enough: Callable[[Tally], bool] = lambda _: False,
) -> Tally:
    """Append folders from where `so_far` stopped, then the parts, the end record, the signature.

    What a killed run wrote after the cursor is truncated. Folders are listed twice, to find messages moved
    meanwhile into a folder already written. `ephemeral`: the same for every run of one archive only.
    """
    beginning, key = sealed.begun(mine, to, ephemeral)
    position = _read_cursor(so_far.cursor)
    tally = so_far if position else replace(so_far, added=0)
    with archive.at(position.length if position else 0) as file:
        if position is None:
            file.write(beginning)
            position = _Written(len(beginning))
        writer = _Writer(file, key, beginning[len(sealed.MAGIC) + 4 :], position)
        for message in _messages(store, tally, position):
            tally = message.tally
            writer.write(message.meta, message.kept.content)
            position.seen[message.meta["folder"]] = (message.kept.validity, message.kept.uid)
            if enough(tally):
                position.length = file.tell()
                return replace(tally, cursor=position.cursor())
        for name, content in parts():
            writer.write({"part": name}, content)
        writer.write({"end": tally.added}, b"")
        position.length = file.tell()
    signature = sealed.signature(mine, _digest(archive))
    with archive.at(position.length) as file:
        file.write(signature)
    return replace(tally, reached=tally.total, is_over=True)


@dataclass(frozen=True)
class _Writer:
    """Appends sealed records, numbered by the position."""

    file: Writer
    key: bytes
    header: bytes
    position: _Written

    def write(self, meta: sealed.RecordMeta, content: bytes) -> None:
        self.file.write(sealed.sealed_record(self.key, self.position.count, self.header, meta, content))
        self.position.count += 1


class _ArchivedMessage(NamedTuple):
    """A message for the archive, and the tally once it is written."""

    tally: Tally
    kept: ExportedMessage
    meta: sealed.RecordMeta


def _messages(store: Store, tally: Tally, done: _Written) -> Iterator[_ArchivedMessage]:
    """Messages that are not in the archive yet."""
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
            for message in store.messages(folder, uid, validity):
                tally = replace(tally, total=len(folders), reached=reached, added=tally.added + 1)
                yield _ArchivedMessage(
                    tally,
                    message,
                    {
                        "folder": folder,
                        "use": uses.get(folder, ""),
                        "flags": sorted(message.flags),
                        "date": message.date.isoformat(),
                        "sha256": hashlib.sha256(message.content).hexdigest(),
                    },
                )


def _read_cursor(cursor: str) -> _Written | None:
    """The position of a cursor; None for the beginning."""
    if not cursor.startswith("["):
        return None
    length, count, folder, seen = json.loads(cursor)
    return _Written(length, count, folder, {name: (pair[0], pair[1]) for name, pair in seen.items()})


def _read_checkpoint(
    notes: Path, work: Path, subject: list[str], mine: Identity
) -> tuple[bytes, Tally] | None:
    """Ephemeral secret and tally of an earlier run of the same archive; None if it cannot be resumed."""
    if not notes.is_file() or (data := sealed.read_notes(mine, notes.read_bytes())) is None:
        return None
    tally, position = Tally(**{**data["tally"], "left": ()}), _read_cursor(data["tally"]["cursor"])
    if data["subject"] != subject or (position and work.stat().st_size < position.length):
        return None
    return b64decode(data["ephemeral"]), tally


def _checkpoint_due(work: Path, so_far: Tally) -> Callable[[Tally], bool]:
    """Whether enough was written since that checkpoint."""
    position = _read_cursor(so_far.cursor)
    count = so_far.added + _MESSAGES_PER_CHECKPOINT
    size = (position.length if position else 0) + _BYTES_PER_CHECKPOINT
    return lambda now: now.added >= count or work.stat().st_size >= size


def _write_checkpoint(
    notes: Path, subject: list[str], ephemeral: bytes, tally: Tally, mine: Identity
) -> None:
    """Replace the checkpoint atomically."""
    data: sealed.Checkpoint = {
        "subject": subject,
        "ephemeral": b64encode(ephemeral).decode(),
        "tally": asdict(tally),
    }
    new = notes.with_name(f"{notes.name}.new")
    new.touch(0o660)
    with new.open("wb") as file:
        file.write(sealed.written_notes(mine, data))
        _sync_file(file)
    new.replace(notes)
    _sync_folder(notes.parent)


@contextmanager
def _locked(work: Path) -> Iterator[None]:
    """Lock for one run at a time. Raises Refusal `portability.being-written`."""
    work.touch(0o660)
    with work.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refusal("portability.being-written") from error
        yield


def _digest(archive: GrowingFile) -> bytes:
    digest = hashlib.sha256()
    with archive.open() as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.digest()


def _sync_file(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Flush the folder's entries to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
