"""Export of a mailbox: an mbox per folder, then one zip."""

import json
import shutil
import time
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import IO, cast

from vaguemestre.mailbox.portability.ports import Store
from vaguemestre.mailbox.portability.rules.export_names import entry_name, file_name
from vaguemestre.mailbox.portability.rules.mbox import mbox_bytes
from vaguemestre.mailbox.portability.services.growing_files import GrowingFile
from vaguemestre.mailbox.portability.values import Tally

_INDEX = "folders.json"
type WorkFiles = Callable[[str], GrowingFile]


def export_folders(
    store: Store, work: WorkFiles, so_far: Tally, *, enough: Callable[[Tally], bool] = lambda _: False
) -> Tally:
    """Write the folders into files of `work`, from where `so_far` stopped; from the start if these are gone.

    The cursor has the folder's number, the UID, and the length of its file at that time: what a killed run
    wrote later is truncated, so that no message is written twice.
    """
    earlier = _folders(work) if so_far.cursor else []
    so_far = so_far if earlier else Tally()
    names = store.places().names
    folders = [*earlier, *sorted(names.difference(earlier))]  # a number names the same folder at each run
    with work(_INDEX).at(0) as index:
        index.write(json.dumps(folders, ensure_ascii=False).encode())
    tally = replace(so_far, total=len(folders))
    number, uid, length = map(int, (so_far.cursor or "0:0:0").split(":"))
    for place in range(number, len(folders)):
        with work(file_name(place)).at(length) as file:
            for message in store.messages(folders[place], uid) if folders[place] in names else ():
                file.write(mbox_bytes(message.content, message.flags, message.date))
                tally = replace(
                    tally, cursor=f"{place}:{message.uid}:{file.tell()}", reached=place, added=tally.added + 1
                )
                if enough(tally):
                    return tally
        uid = length = 0
        tally = replace(tally, cursor=f"{place + 1}:0:0", reached=place + 1)
    return replace(tally, is_over=True)


def pack(work: WorkFiles, archive: GrowingFile, parts: Iterable[tuple[str, bytes]]) -> None:
    """Zip the files of `export_folders` and `parts` (name in the zip, content)."""
    with (
        archive.at(0) as file,
        zipfile.ZipFile(cast(IO[bytes], file), "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive_zip,
    ):
        for number, folder in enumerate(_folders(work)):
            entry = archive_zip.open(entry_name(folder), "w", force_zip64=True)
            with work(file_name(number)).open() as mbox, entry:
                shutil.copyfileobj(mbox, entry)
            archive_zip.infolist()[-1].date_time = time.localtime()[:6]  # else 1980
        for name, content in parts:
            archive_zip.writestr(name, content)


def _folders(work: WorkFiles) -> list[str]:
    """The folders of an earlier run, in order; none if its files are gone."""
    try:
        with work(_INDEX).open() as index:
            return list(json.loads(index.read() or b"[]"))
    except FileNotFoundError:
        return []
