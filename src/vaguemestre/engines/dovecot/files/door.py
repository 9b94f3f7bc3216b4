"""Run by Dovecot for each attachment it indexes: the file on stdin, its text on stdout.

    door.py FOLDER SOCKET       → the supported types: « type extension… » a line, then an empty one
    door.py FOLDER SOCKET TYPE  → the text of a file of that type
    door.py FOLDER served       → the same for the agent: « caller TYPE » on the first line, then the file

SOCKET is that of `words_agent`, which starts the sandbox where Dovecot's unit may not; `-` without one.

The file is read in a sandbox (`conversion/decoders/file_text.py`, installed beside this one), under limits.
Slow files are charged to the indexer process that sent them: past a budget it gets empty texts for a while,
so that one hostile message cannot hold up the index of everybody. The answer always ends normally, so
Dovecot indexes the rest of the message.

Debian's Python and few modules: this starts once per file.
"""

import os
import sys
import time
from _blake2 import blake2b
from _socket import AF_UNIX, SHUT_WR, SO_PEERCRED, SOL_SOCKET, socket

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
    # texts sent without their type
    "application/csv": "csv tsv txt",
}
_CLOCK_SECONDS = 8  # per file; Dovecot itself waits ten
_PROCESSOR_SECONDS = 4
_MEMORY_BYTES = 700_000_000
_OUTPUT_BYTES = 40_000_000
_MAX_FILE_BYTES = 30_000_000  # the rest is not read
_FREE_SECONDS = 1.0  # of processor, that are not charged
_BUDGET_SECONDS = 20.0  # of slow files, per process of the indexer…
_BUDGET_PERIOD_SECONDS = 120.0  # … in this time
_AGENT_SECONDS = 3.0  # until the agent listens, which may be starting again
_CACHED_SECONDS = 600.0  # the same file sent to a thousand people is read once

_READ_ONLY = ("/usr", "/etc/alternatives", "/etc/fonts", "/etc/poppler")
_LINKS = (("usr/lib", "/lib"), ("usr/lib64", "/lib64"), ("usr/bin", "/bin"))


def sandbox_argv(folder: str, kind: str) -> list[str]:
    """The command that reads one file: a sandbox without network, read-only, with limits."""
    argv = [
        "/usr/bin/timeout",
        "-s",
        "KILL",
        str(_CLOCK_SECONDS),
        "/usr/bin/nice",
        "-n",
        "5",
        "/usr/bin/prlimit",
    ]
    argv += [f"--cpu={_PROCESSOR_SECONDS}", f"--as={_MEMORY_BYTES}", f"--fsize={_OUTPUT_BYTES}", "--core=0"]
    argv += ["--nofile=64", "--", "/usr/bin/bwrap", "--unshare-all", "--die-with-parent"]
    # no session of its own: Dovecot's supervisor reaps the processes of its session
    argv += ["--cap-drop", "ALL", "--clearenv", "--uid", "65534", "--gid", "65534", "--proc", "/proc"]
    argv += ["--dev", "/dev", "--tmpfs", "/tmp"]  # noqa: S108 - its own
    for link, place in _LINKS:
        argv += ["--symlink", link, place]
    for path in _READ_ONLY:
        argv += ["--ro-bind-try", path, path]
    argv += ["--ro-bind", f"{folder}/words.py", "/words.py", "--chdir", "/tmp", "--"]  # noqa: S108
    return [*argv, "/usr/bin/python3", "-I", "-S", "-B", "/words.py", kind]


class Budget:
    """Seconds of slow files charged lately to the process at the other end."""

    def __init__(self, folder: str, caller: int) -> None:
        self._file = f"{folder}/spent/{caller}"

    def spent(self) -> float:
        try:
            if time.time() - os.stat(self._file).st_mtime > _BUDGET_PERIOD_SECONDS:  # noqa: PTH116
                return 0.0
            with open(self._file, encoding="ascii") as file:  # noqa: PTH123
                return float(file.read() or 0)
        except (OSError, ValueError):
            return 0.0

    def charge(self, seconds: float) -> None:
        spent = self.spent() + seconds
        try:
            with open(self._file, "w", encoding="ascii") as file:  # noqa: PTH123
                file.write(f"{spent:.1f}")
        except OSError:
            pass  # a full disk: nothing is charged


def _caller() -> int:
    """The process ID of the indexer at the other end of stdin; 0 when it cannot be told."""
    try:
        peer = socket(fileno=os.dup(0))
        return int.from_bytes(peer.getsockopt(SOL_SOCKET, SO_PEERCRED, 12)[:4], sys.byteorder)
    except OSError:
        return 0


def _received() -> bytes:
    """The file, read to its end: Dovecot must be able to send all of it."""
    chunks, size = [], 0
    while chunk := os.read(0, 1 << 20):
        size += len(chunk)
        if size <= _MAX_FILE_BYTES:
            chunks.append(chunk)
    return b"".join(chunks)


def _read(folder: str, kind: str, content: bytes) -> tuple[bytes, float]:
    """The text, and the seconds to charge for it."""
    source, output = os.memfd_create("file"), os.memfd_create("words")
    os.write(source, content)
    os.lseek(source, 0, os.SEEK_SET)
    child = os.posix_spawn(
        "/usr/bin/timeout",
        sandbox_argv(folder, kind),
        {},
        file_actions=[
            (os.POSIX_SPAWN_DUP2, source, 0),
            (os.POSIX_SPAWN_DUP2, output, 1),
            (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0),
        ],
    )
    _, status, used = os.wait4(child, 0)
    words, cost = os.pread(output, _OUTPUT_BYTES, 0), used.ru_utime + used.ru_stime
    if os.waitstatus_to_exitcode(status) in (-9, 137):  # killed, or timeout says that it killed
        return words, max(cost, float(_CLOCK_SECONDS))
    return words, cost if cost > _FREE_SECONDS else 0.0


def _cached(file: str) -> bytes | None:
    """The cached text of the same file; expired entries are removed."""
    folder = os.path.dirname(file)  # noqa: PTH120
    for old in _listed(folder):
        try:
            if time.time() - os.stat(f"{folder}/{old}").st_mtime > _CACHED_SECONDS:  # noqa: PTH116
                os.unlink(f"{folder}/{old}")  # noqa: PTH108
        except OSError:
            pass  # another process removed it
    try:
        with open(file, "rb") as cached:  # noqa: PTH123
            return cached.read()
    except OSError:
        return None


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208
    except OSError:
        return []


def _keep(file: str, words: bytes) -> None:
    try:
        with open(f"{file}.{os.getpid()}", "xb") as cached:  # noqa: PTH123
            cached.write(words)
        os.rename(f"{file}.{os.getpid()}", file)  # noqa: PTH104
    except OSError:
        pass  # a full disk: the file is read again next time


def _words(folder: str, kind: str, content: bytes, caller: int) -> bytes:
    file = f"{folder}/kept/{blake2b(kind.encode() + content, digest_size=32).hexdigest()}"
    words = _cached(file)
    if words is not None:
        return words
    budget = Budget(folder, caller)
    if budget.spent() >= _BUDGET_SECONDS:
        return b""
    words, cost = _read(folder, kind, content)
    if cost:
        budget.charge(cost)
    _keep(file, words)
    return words


def _words_by_agent(place: str, kind: str, content: bytes) -> bytes:
    """What the agent answers; nothing if it is not there."""
    peer, until = socket(AF_UNIX), time.monotonic() + _AGENT_SECONDS
    while peer.connect_ex(place):
        if time.monotonic() > until:
            return b""
        time.sleep(0.1)
    chunks = []
    try:
        peer.sendall(f"{_caller()} {kind}\n".encode() + content)
        peer.shutdown(SHUT_WR)
        while chunk := peer.recv(1 << 20):
            chunks.append(chunk)
    except OSError:
        return b""
    return b"".join(chunks)


def serve_agent(folder: str) -> None:
    """Answer the one request on stdin."""
    head, _, content = _received().partition(b"\n")
    caller, _, kind = head.decode("ascii", "replace").partition(" ")
    if kind in KINDS and caller.isdigit():
        _answer(_words(folder, kind, content, int(caller)))


def main(folder: str, place: str, kind: str) -> None:
    if not kind:
        answer = (
            "".join(f"{name} {extensions}\n" for name, extensions in KINDS.items()).encode("ascii") + b"\n"
        )
    else:
        content = _received()
        answer = b""
        if kind in KINDS and place != "-":
            answer = _words_by_agent(place, kind, content)
        elif kind in KINDS:
            answer = _words(folder, kind, content, _caller())
    _answer(answer)


def _answer(answer: bytes) -> None:
    while answer:
        answer = answer[os.write(1, answer) :]


if __name__ == "__main__" and sys.argv[2] == "served":
    serve_agent(sys.argv[1])
elif __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3].lower() if len(sys.argv) > 3 else "")
