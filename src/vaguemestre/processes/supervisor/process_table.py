"""Processes as /proc shows them (proc(5)): sessions, start times, the holder of a port."""

import ctypes
import os
import signal
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_LISTEN = "0A"
PROC = Path("/proc")


@dataclass(frozen=True)
class Seen:
    """A process, from /proc/PID/stat. `born`: its start time, in clock ticks since boot."""

    pid: int
    name: str
    state: str = field(compare=False)  # changes while the process is the same
    parent: int = field(compare=False)
    session: int
    born: int


def adopt_orphans() -> None:
    """Become the parent of every grandchild whose parent dies (prctl(2)), so that none can escape."""
    _set_subreaper(1)


def leave_orphans() -> None:
    """Undo `adopt_orphans`."""
    _set_subreaper(0)


def _set_subreaper(yes: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_CHILD_SUBREAPER, yes, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def find_process(pid: int) -> Seen | None:
    """The process of that pid; None if there is none."""
    try:
        text = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    name, _, rest = text.partition("(")[2].rpartition(")")
    fields = rest.split()
    return Seen(pid, name, fields[0], int(fields[1]), int(fields[3]), int(fields[19]))


def everybody() -> Iterator[Seen]:
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (process := find_process(int(entry.name))):
            yield process


def in_sessions(leaders: Collection[int]) -> list[Seen]:
    """The living processes of the sessions those leaders began, themselves included."""
    return [process for process in everybody() if process.session in leaders and process.state not in "ZX"]


def descendants(*pids: int) -> list[Seen]:
    """The living processes below those, children of children included."""
    by_parent: dict[int, list[Seen]] = {}
    for process in everybody():
        by_parent.setdefault(process.parent, []).append(process)
    processes, todo = [], list(pids)
    while todo:
        children = by_parent.get(todo.pop(), [])
        processes += children
        todo += [child.pid for child in children]
    return [process for process in processes if process.state not in "ZX"]


def boot() -> str:
    """The id of this boot: pids recorded in another one mean nothing."""
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def works_under(process: Seen, home: Path) -> bool:
    """Whether its working directory or its root lies under that folder."""
    for link in ("cwd", "root"):
        try:
            place = (PROC / str(process.pid) / link).readlink()
        except OSError:
            continue
        if place.is_relative_to(home):
            return True
    return False


def send(process: Seen, number: signal.Signals) -> None:
    """Signal a process if it is still the same one."""
    now = find_process(process.pid)
    if now is not None and now.born == process.born:
        try:
            os.kill(process.pid, number)
        except ProcessLookupError:
            return


def end(leftovers: list[Seen], *, patience: float) -> None:
    """TERM, then KILL for those still there after `patience` seconds. Returns when all are gone."""
    for process in leftovers:
        send(process, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while remaining := [p for p in leftovers if _is_alive(p)]:
        if time.monotonic() > deadline:
            for process in remaining:
                send(process, signal.SIGKILL)
        time.sleep(0.02)


def _is_alive(process: Seen) -> bool:
    now = find_process(process.pid)
    return now is not None and now.born == process.born and now.state not in "ZX"


class EndedOrphans:
    """Adopted zombies of these sessions, except leaders: whoever started these waits for them.

    Those too that began a session of their own: of Postfix, postscreen and what writes its maps. `sessions`
    may grow meanwhile.
    """

    def __init__(self, sessions: Collection[int]) -> None:
        self._sessions = sessions
        self._left: frozenset[Seen] = frozenset()

    def reap(self) -> None:
        """Reap those that had already ended the last time.

        Of one of this process's own, whoever waits has been told meanwhile: taken from under asyncio, its end
        would read as a failure.
        """
        ended = frozenset(self._ended())
        _reap(ended & self._left)
        self._left = ended

    def reap_all(self) -> None:
        _reap(self._ended())

    def _ended(self) -> Iterator[Seen]:
        own_pid = os.getpid()
        for process in everybody():
            leads = process.pid == process.session
            adopted = process.parent == own_pid and leads != (process.session in self._sessions)
            if adopted and process.state == "Z":
                yield process


def _reap(zombies: Iterable[Seen]) -> None:
    for process in zombies:
        try:
            os.waitpid(process.pid, os.WNOHANG)
        except ChildProcessError:
            continue


def holder_of(port: int) -> Seen | None:
    """The process that listens on a TCP port of this machine; None if it cannot be found."""
    inodes = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    for process in everybody():
        try:
            links = list((PROC / str(process.pid) / "fd").iterdir())
        except OSError:
            continue
        for link in links:
            try:
                if str(link.readlink()) in inodes:
                    return process
            except OSError:
                continue
    return None


def _listening_inodes(port: int) -> Iterator[str]:
    for table in ("net/tcp", "net/tcp6"):
        try:
            lines = (PROC / table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == _LISTEN and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]
