"""Holds the folder of a pod's mail for this machine alone, as root, for as long as the pod is here.

`python -m … FOLDER FILE`: FILE holds the name of this machine. The lock lies on the storage itself, so that a
second machine that mounts the same one is refused whatever went wrong before: it starts nothing of the pod
(systemd, BindsTo). A folder that answers no more (a server of files is away) ends this process by systemd's
watchdog.
"""

import fcntl
import os
import pwd
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from vaguemestre.engines.system_users import MAIL_USER
from vaguemestre.processes.watchdog import notify

LOCK = ".kept-by"  # in the folder; each machine that takes it writes a line
_PATIENCE_SECONDS = 45.0  # a server of files forgets the locks of a machine that died after its lease
_RETRY_SECONDS, _LOOK_SECONDS = 0.5, 10.0
_WAS_TAKEN, _NOT_OURS = 75, 77  # sysexits.h


class StorageRefused(Exception):
    """The folder is another machine's, or belongs to a user of another number; `code` is the exit code."""

    def __init__(self, words: str, code: int) -> None:
        super().__init__(words)
        self.code = code


def hold(folder: Path, machine: str, patience: float = _PATIENCE_SECONDS) -> int:
    """Lock the folder until the process ends. Returns the descriptor to keep open. Raises StorageRefused."""
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_APPEND, 0o600)
    deadline = time.monotonic() + patience
    while not _is_locked(descriptor):
        if time.monotonic() > deadline:
            holder = os.pread(descriptor, 1 << 20, 0).decode(errors="replace").rstrip().rpartition("\n")[2]
            os.close(descriptor)
            raise StorageRefused(f"another machine holds {folder}: {holder}", _WAS_TAKEN)
        time.sleep(_RETRY_SECONDS)  # flock(2) has no time limit
    os.write(descriptor, f"{machine} {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n".encode())
    os.fsync(descriptor)
    return descriptor


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def own(folder: Path, user: pwd.struct_passwd) -> None:
    """Give a new folder to the owner of the mail. Raises StorageRefused when it is another number's.

    Files keep numbers, not names: where the user has another one, none of them could be read.
    """
    state = folder.stat()
    if (state.st_uid, state.st_gid) == (0, 0) and {entry.name for entry in folder.iterdir()} <= {
        LOCK, "lost+found",
    }:  # fmt: skip
        os.chown(folder, user.pw_uid, user.pw_gid)
        folder.chmod(0o700)
    elif (state.st_uid, state.st_gid) != (user.pw_uid, user.pw_gid):
        raise StorageRefused(
            f"{folder} belongs to {state.st_uid}:{state.st_gid}, and {user.pw_name} is "
            f"{user.pw_uid}:{user.pw_gid} on this machine (usermod -u, groupmod -g)",
            _NOT_OURS,
        )


def main(folder: Path, name: Path) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        descriptor = hold(folder, name.read_text(encoding="utf-8").strip())
        own(folder, pwd.getpwnam(MAIL_USER))
    except StorageRefused as refusal:
        sys.stderr.write(f"{refusal}\n")
        sys.exit(refusal.code)
    address = os.environ.get("NOTIFY_SOCKET", "")
    is_same = os.fstat(descriptor).st_ino
    notify("READY=1", address)
    while not stop.wait(_LOOK_SECONDS):
        if (folder / LOCK).stat().st_ino != is_same:
            sys.exit(_WAS_TAKEN)  # something else is mounted there
        notify("WATCHDOG=1", address)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
