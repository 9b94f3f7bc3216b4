"""Take everything out: an mbox for each folder, then one zip."""

import json
import os
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from vaguemestre.mailbox.portability.ports import Store
from vaguemestre.mailbox.portability.rules.export_names import entry_name, file_name
from vaguemestre.mailbox.portability.rules.mbox import written
from vaguemestre.mailbox.portability.values import Tally

_INDEX = "folders.json"


def export_folders(
    store: Store, work: Path, so_far: Tally, *, enough: Callable[[Tally], bool] = lambda _: False
) -> Tally:
    """Write the folders below `work` (made if it is not there), from where `so_far` stopped.

    The cursor is the folder's number, the UID, and the length its file then had: what a killed run wrote
    after it is cut off, so that nothing stands twice.
    """
    work.mkdir(parents=True, exist_ok=True)
    earlier = json.loads((work / _INDEX).read_text(encoding="utf-8")) if so_far.cursor else []
    names = store.places().names
    folders = [*earlier, *sorted(names.difference(earlier))]  # a number names the same folder at each run
    (work / _INDEX).write_text(json.dumps(folders, ensure_ascii=False), encoding="utf-8")
    tally = replace(so_far, total=len(folders))
    number, uid, length = map(int, (so_far.cursor or "0:0:0").split(":"))
    for place in range(number, len(folders)):
        (work / file_name(place)).touch()
        with (work / file_name(place)).open("r+b") as file:
            file.truncate(length)
            file.seek(length)
            for message in store.messages(folders[place], uid) if folders[place] in names else ():
                file.write(written(message.content, message.flags, message.date))
                tally = replace(
                    tally, cursor=f"{place}:{message.uid}:{file.tell()}", reached=place, added=tally.added + 1
                )
                if enough(tally):
                    _on_disk(file.fileno(), file.flush)
                    return tally
            _on_disk(file.fileno(), file.flush)
        uid = length = 0
        tally = replace(tally, cursor=f"{place + 1}:0:0", reached=place + 1)
    return replace(tally, is_over=True)


def pack(work: Path, archive: Path, parts: Iterable[tuple[str, bytes]]) -> None:
    """One zip of what `take_out` wrote and of `parts`, in its place only when it is whole."""
    folders = json.loads((work / _INDEX).read_text(encoding="utf-8"))
    partial = archive.with_name(f"{archive.name}.part")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive_zip:
        for number, folder in enumerate(folders):
            archive_zip.write(work / file_name(number), entry_name(folder))
        for name, content in parts:
            archive_zip.writestr(name, content)
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.replace(archive)


def _on_disk(descriptor: int, flush: Callable[[], None]) -> None:
    flush()
    os.fsync(descriptor)
