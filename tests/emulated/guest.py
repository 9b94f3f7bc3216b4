"""The first process of the emulated machine. It says what the disk holds, then promises on, until it is cut.

`HELD rows highest files verdict` at its start; then `P n` once row n is committed and file n stored: by the
same PRAGMAs and the same store as an instance. Its lines are read on the serial line.
"""

import ctypes
import os
import sqlite3
import time
from pathlib import Path

from vaguemestre.engines.file_store import FileStore

_FINIT_MODULE = 313  # x86_64
_libc = ctypes.CDLL(None, use_errno=True)


def mount(source: str, folder: str, kind: str) -> None:
    Path(folder).mkdir(exist_ok=True)
    if _libc.mount(source.encode(), folder.encode(), kind.encode(), 0, None):
        raise OSError(ctypes.get_errno(), f"mount {folder}")


def name_of(number: int) -> str:
    return f"fichier-{number:012}"


def content_of(number: int) -> bytes:
    return f"{number}.".encode() * 500


def held(database: sqlite3.Connection, folder: Path) -> str:
    rows, highest = database.execute("SELECT count(*), coalesce(max(n), 0) FROM promise").fetchone()
    verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
    whole = 0
    for number in range(1, highest + 1):
        file = folder / name_of(number)
        whole += file.exists() and file.read_bytes() == content_of(number)
    return f"HELD {rows} {highest} {whole} {verdict}"


def main() -> None:
    mount("devtmpfs", "/dev", "devtmpfs")
    mount("proc", "/proc", "proc")
    module = os.open("/virtio_blk.ko", os.O_RDONLY)
    _libc.syscall(_FINIT_MODULE, module, b"", 0)
    while not Path("/dev/vda").exists():
        time.sleep(0.05)
    mount("/dev/vda", "/disk", "ext4")
    line = os.open("/dev/ttyS0", os.O_WRONLY | os.O_NOCTTY)
    database = sqlite3.connect("/disk/db.sqlite3", isolation_level=None)
    database.executescript(Path("/pragmas").read_text())
    database.execute("CREATE TABLE IF NOT EXISTS promise (n INTEGER PRIMARY KEY, words TEXT NOT NULL)")
    folder = Path("/disk/files")
    os.write(line, f"{held(database, folder)}\n".encode())
    number = database.execute("SELECT coalesce(max(n), 0) FROM promise").fetchone()[0]
    store = FileStore(folder)
    while True:
        number += 1
        store.append(name_of(number), 0, content_of(number))
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO promise VALUES (?, ?)", (number, "x" * 200))
        database.execute("COMMIT")
        os.write(line, f"P {number}\n".encode())


if __name__ == "__main__":
    main()
