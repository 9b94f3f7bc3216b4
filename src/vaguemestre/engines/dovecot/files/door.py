"""Run by Dovecot for each file it indexes: the file on standard input, its words on standard output.

    door.py FOLDER            → what is read: « type extension… » a line, then an empty one
    door.py FOLDER TYPE       → the words of a file of that type

The file is read apart (`converting/inside/words.py` beside this one), under limits. A file that takes long is
paid for: what asks for too many of them is told nothing for a while, so that one letter full of traps cannot
hold up the index of everybody. Whatever happens, the answer ends in good order: Dovecot indexes the rest of
the letter.

Debian's own Python and few modules: this starts once a file.
"""

import os
import sys
import time
from _blake2 import blake2b
from _socket import SO_PEERCRED, SOL_SOCKET, socket

KINDS = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.ms-word.document.macroenabled.12": "docm",
    "application/vnd.ms-excel.sheet.macroenabled.12": "xlsm",
    "application/vnd.ms-powerpoint.presentation.macroenabled.12": "pptm",
    "application/vnd.oasis.opendocument.text": "odt ott",
    "application/vnd.oasis.opendocument.spreadsheet": "ods ots",
    "application/vnd.oasis.opendocument.presentation": "odp otp",
    # texts sent without their kind
    "application/csv": "csv tsv txt",
}
_SECONDS = 8  # a file has, by the clock: a busy machine is slow with all of them; Dovecot itself waits ten
_PROCESSOR = 4
_MEMORY = 700_000_000
_OUTPUT = 40_000_000
_LARGEST = 30_000_000  # octets; what follows is not read
_FREE = 1.0  # seconds of processor that cost nothing
_PURSE = 20.0  # seconds of slow files somebody may spend…
_REFILLED = 120.0  # … in so long
_KEPT = 600.0  # seconds: the same file sent to a thousand people is read once

_SHOWN = ("/usr", "/etc/alternatives", "/etc/fonts", "/etc/poppler")
_LINKS = (("usr/lib", "/lib"), ("usr/lib64", "/lib64"), ("usr/bin", "/bin"))


def walls(folder: str, kind: str) -> list[str]:
    """The command that reads one file: its own world without network, read-only, and limits."""
    argv = ["/usr/bin/timeout", "-s", "KILL", str(_SECONDS), "/usr/bin/nice", "-n", "5", "/usr/bin/prlimit"]
    argv += [f"--cpu={_PROCESSOR}", f"--as={_MEMORY}", f"--fsize={_OUTPUT}", "--core=0"]
    argv += ["--nofile=64", "--", "/usr/bin/bwrap", "--unshare-all", "--die-with-parent"]
    # no session of its own: whoever watches over Dovecot buries the dead of its session
    argv += ["--cap-drop", "ALL", "--clearenv", "--uid", "65534", "--gid", "65534", "--proc", "/proc"]
    argv += ["--dev", "/dev", "--tmpfs", "/tmp"]  # noqa: S108 - its own
    for link, place in _LINKS:
        argv += ["--symlink", link, place]
    for shown in _SHOWN:
        argv += ["--ro-bind-try", shown, shown]
    argv += ["--ro-bind", f"{folder}/words.py", "/words.py", "--chdir", "/tmp", "--"]  # noqa: S108
    return [*argv, "/usr/bin/python3", "-I", "-S", "-B", "/words.py", kind]


class Purse:
    """What the one at the other end has spent on slow files lately."""

    def __init__(self, folder: str) -> None:
        self._file = f"{folder}/spent/{_caller()}"

    def spent(self) -> float:
        try:
            if time.time() - os.stat(self._file).st_mtime > _REFILLED:  # noqa: PTH116
                return 0.0
            with open(self._file, encoding="ascii") as file:  # noqa: PTH123
                return float(file.read() or 0)
        except (OSError, ValueError):
            return 0.0

    def pay(self, seconds: float) -> None:
        spent = self.spent() + seconds
        try:
            with open(self._file, "w", encoding="ascii") as file:  # noqa: PTH123
                file.write(f"{spent:.1f}")
        except OSError:
            pass  # a full disk: nobody pays


def _caller() -> int:
    """The process that asked (of the indexer), 0 when nobody can tell."""
    try:
        mine = socket(fileno=os.dup(0))
        return int.from_bytes(mine.getsockopt(SOL_SOCKET, SO_PEERCRED, 12)[:4], sys.byteorder)
    except OSError:
        return 0


def _received() -> bytes:
    """The whole file: Dovecot must not be hung up on while it speaks."""
    chunks, size = [], 0
    while chunk := os.read(0, 1 << 20):
        size += len(chunk)
        if size <= _LARGEST:
            chunks.append(chunk)
    return b"".join(chunks)


def _read(folder: str, kind: str, content: bytes) -> tuple[bytes, float]:
    """The words, and what they cost in seconds."""
    given, made = os.memfd_create("file"), os.memfd_create("words")
    os.write(given, content)
    os.lseek(given, 0, os.SEEK_SET)
    child = os.posix_spawn(
        "/usr/bin/timeout",
        walls(folder, kind),
        {},
        file_actions=[
            (os.POSIX_SPAWN_DUP2, given, 0),
            (os.POSIX_SPAWN_DUP2, made, 1),
            (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0),
        ],
    )
    _, status, used = os.wait4(child, 0)
    words, cost = os.pread(made, _OUTPUT, 0), used.ru_utime + used.ru_stime
    if os.waitstatus_to_exitcode(status) in (-9, 137):  # timeout ends with what it killed, or says so
        return words, max(cost, float(_SECONDS))
    return words, cost if cost > _FREE else 0.0


def _known(file: str) -> bytes | None:
    """The words of the same file not long ago. What is older goes."""
    folder = os.path.dirname(file)  # noqa: PTH120
    for old in _listed(folder):
        try:
            if time.time() - os.stat(f"{folder}/{old}").st_mtime > _KEPT:  # noqa: PTH116
                os.unlink(f"{folder}/{old}")  # noqa: PTH108
        except OSError:
            pass  # another was quicker
    try:
        with open(file, "rb") as kept:  # noqa: PTH123
            return kept.read()
    except OSError:
        return None


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208
    except OSError:
        return []


def _keep(file: str, words: bytes) -> None:
    try:
        with open(f"{file}.{os.getpid()}", "xb") as kept:  # noqa: PTH123
            kept.write(words)
        os.rename(f"{file}.{os.getpid()}", file)  # noqa: PTH104
    except OSError:
        pass  # a full disk: it is read again


def _words(folder: str, kind: str, content: bytes) -> bytes:
    file = f"{folder}/kept/{blake2b(kind.encode() + content, digest_size=32).hexdigest()}"
    words = _known(file)
    if words is not None:
        return words
    purse = Purse(folder)
    if purse.spent() >= _PURSE:
        return b""
    words, cost = _read(folder, kind, content)
    if cost:
        purse.pay(cost)
    _keep(file, words)
    return words


def main(folder: str, kind: str) -> None:
    if not kind:
        said = "".join(f"{known} {endings}\n" for known, endings in KINDS.items()).encode("ascii") + b"\n"
    else:
        content = _received()
        said = _words(folder, kind, content) if kind in KINDS else b""
    while said:
        said = said[os.write(1, said) :]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2].lower() if len(sys.argv) > 2 else "")
