"""Everything somebody has, written for another installation."""

import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from vaguemestre.moving.ports import Store
from vaguemestre.moving.rules import sealed
from vaguemestre.moving.rules.sealed import Card, Identity
from vaguemestre.moving.values import Tally

_CHUNK = 1_048_576


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

    The cursor is the folder's number, the UID, the file's length and the number of records: what a killed run
    wrote after it is cut off. `ephemeral`: the same for each run of one archive, and never for another.
    """
    places = store.places()
    uses = {name: use for use, name in places.special.items()}
    folders = sorted(places.names)
    beginning, key = sealed.begun(mine, to, ephemeral)
    header = beginning[len(sealed.MAGIC) + 4 :]
    tally = replace(so_far, total=len(folders))
    number, uid, length, count = map(int, (so_far.cursor or f"0:0:{len(beginning)}:0").split(":"))
    if not path.exists():
        path.touch(0o600)
    with path.open("r+b") as file:
        if not so_far.cursor:
            file.write(beginning)
        file.truncate(length)
        file.seek(length)
        for place in range(number, len(folders)):
            for kept in store.kept(folders[place], uid):
                meta = {
                    "folder": folders[place],
                    "use": uses.get(folders[place], ""),
                    "flags": sorted(kept.flags),
                    "date": kept.date.isoformat(),
                    "sha256": hashlib.sha256(kept.content).hexdigest(),
                }
                file.write(sealed.sealed_record(key, count, header, meta, kept.content))
                count += 1
                cursor = f"{place}:{kept.uid}:{file.tell()}:{count}"
                tally = replace(tally, cursor=cursor, reached=place, added=tally.added + 1)
                if enough(tally):
                    file.flush()
                    os.fsync(file.fileno())
                    return tally
            uid = 0
            tally = replace(tally, cursor=f"{place + 1}:0:{file.tell()}:{count}", reached=place + 1)
        for name, content in parts():
            file.write(sealed.sealed_record(key, count, header, {"part": name}, content))
            count += 1
        file.write(sealed.sealed_record(key, count, header, {"end": tally.added}, b""))
        file.flush()
        digest = _digest(path)
        file.seek(0, os.SEEK_END)
        file.write(sealed.signature(mine, digest))
        file.flush()
        os.fsync(file.fileno())
    return replace(tally, is_over=True)


def _digest(path: Path) -> bytes:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.digest()
