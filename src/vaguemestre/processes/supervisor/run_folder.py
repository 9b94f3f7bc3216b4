"""The files of HOME/run: the lock of the instance, ready.json, and children.json (its processes)."""

import contextlib
import errno
import fcntl
import json
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NotRequired, TypedDict

from vaguemestre.foundation.kernel.text.os_errors import os_error_fr
from vaguemestre.processes.supervisor import process_table
from vaguemestre.processes.supervisor.child_process import ChildState
from vaguemestre.processes.supervisor.process_table import Seen
from vaguemestre.site.config import Config


class HomeUnusable(Exception):
    """The home cannot hold an instance; the message is one French sentence (exit code 73)."""


class AlreadyRunning(Exception):
    """An instance runs on this home, or a port is taken; the message is a French sentence (exit code 75)."""


class SampleAccount(TypedDict):
    """An account of the demonstration, as ready.json offers it: its secrets, or what activates it."""

    role: str
    username: str
    address: str
    password: NotRequired[str]
    app_password: NotRequired[str]
    totp_secret: NotRequired[str]  # base32
    totp_period: NotRequired[int]
    pin: NotRequired[str]
    numen: NotRequired[str]
    birth_date: NotRequired[str]


class MailPorts(TypedDict):
    imap: int
    imaps: int
    submission: int
    submissions: int
    mx: int
    managesieve: int
    carddav: int


class ReadyRecord(TypedDict):
    """Content of ready.json."""

    web: str
    host: str
    ports: MailPorts
    domain: str
    ca: str
    accounts: list[SampleAccount]


class ChildRecord(TypedDict):
    """A process, as children.json and `vaguemestre status` show it. `since`: Unix time; 0: never."""

    name: str
    pid: int
    born: NotRequired[int]  # clock ticks since boot; not told by systemd
    state: ChildState
    since: float
    restarts: int
    last_end: str


@dataclass(frozen=True)
class Recorded:
    """A child as children.json records it. `born`: its start time, in clock ticks since boot."""

    name: str
    pid: int
    born: int


_LAST_WILL = 'while read -r line; do last=$line; done; rm -f "$1"; [ -z "$last" ] || kill -TERM $last'


def open_home(config: Config) -> None:
    """Make the folders of an instance. Raises HomeUnusable."""
    home = config.home
    try:
        for folder in (home, config.run_dir, config.data_dir, config.logs_dir, config.engines_dir):
            # `data` has secrets and messages: closed until `rights` opens it to our processes
            folder.mkdir(mode=0o700 if folder == config.data_dir else 0o755, parents=True, exist_ok=True)
        probe = config.run_dir / ".probe"
        probe.write_bytes(b"\0" * 65536)
        probe.unlink()
        list(home.iterdir())
    except OSError as error:
        raise HomeUnusable(f"le dossier {home} n’est pas utilisable : {_reason(error)}.") from error


def take(config: Config) -> int:
    """Lock this home until the process ends. Returns the descriptor to keep open. Raises AlreadyRunning."""
    descriptor = os.open(config.run_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 32).decode(errors="replace").strip()
        os.close(descriptor)
        raise AlreadyRunning(
            f"une instance tourne déjà sur {config.home} (processus {holder or 'inconnu'})."
        ) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def write_whole(path: Path, value: object, *, mode: int = 0o600) -> None:
    """Replace a JSON file atomically. Under sudo, its owner is the user who called it."""
    fresh = path.with_name(f"{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
    if (caller := os.environ.get("SUDO_UID", "")).isdigit() and os.geteuid() == 0:
        os.chown(fresh, int(caller), -1)
    fresh.rename(path)


def ready_file(config: Config) -> Path:
    return config.run_dir / "ready.json"


@contextlib.contextmanager
def last_will(ready: Path) -> Iterator[Callable[[Sequence[int]], None]]:
    """If this process dies inside the block, even killed, ready.json is removed and its children are ended.

    Yields a function to tell the pids of the current children. A small shell waits for the end of a pipe that
    only we hold. The parent-death signal (prctl(2)) reaches other children sooner, but Postfix's master loses
    it when it changes user for a moment.
    """
    with subprocess.Popen(
        ["/bin/sh", "-c", _LAST_WILL, "sh", str(ready)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as shell:

        def tell(children: Sequence[int]) -> None:
            if shell.stdin:
                with contextlib.suppress(OSError):
                    shell.stdin.write((" ".join(map(str, children)) + "\n").encode())
                    shell.stdin.flush()

        yield tell
        with contextlib.suppress(OSError):
            shell.communicate()


def ready_words(config: Config, ca: Path, accounts: Sequence[SampleAccount]) -> ReadyRecord:
    """Content of ready.json."""
    ports = config.ports
    return {
        "web": config.public_url,
        "host": config.mail.host,
        "ports": {
            "imap": ports.imap,
            "imaps": ports.imaps,
            "submission": ports.submission,
            "submissions": ports.submissions,
            "mx": ports.mx,
            "managesieve": ports.managesieve,
            "carddav": ports.carddav,
        },
        "domain": config.academy.domain,
        "ca": str(ca),
        "accounts": list(accounts),
    }


def children_file(config: Config) -> Path:
    return config.run_dir / "children.json"


def recorded_children(config: Config) -> list[Recorded]:
    """Children recorded by the last supervisor of this home, if the machine has not rebooted since."""
    try:
        record = json.loads(children_file(config).read_text(encoding="utf-8"))
        if record["boot"] != process_table.boot():
            return []
        return [
            Recorded(str(c["name"]), int(c["pid"]), int(c["born"]))
            for c in record["children"]
            if c.get("pid")
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def leftovers(config: Config) -> list[Seen]:
    """Processes of an earlier supervisor of this home that still run."""
    processes: list[Seen] = []
    for child in recorded_children(config):
        leader = process_table.find_process(child.pid)
        if leader is not None and leader.born != child.born:
            continue  # another process has this pid now
        session = process_table.in_sessions({child.pid})
        processes += [p for p in session if leader is not None or process_table.works_under(p, config.home)]
    return processes


def _reason(error: OSError) -> str:
    of_a_home = {errno.EROFS: "il est en lecture seule", errno.EEXIST: "ce n’est pas un dossier"}
    return of_a_home.get(error.errno or 0) or os_error_fr(error)
