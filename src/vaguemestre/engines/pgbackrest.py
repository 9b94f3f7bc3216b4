"""pgBackRest: base backups of PostgreSQL and its write-ahead log, so that any moment can be returned to."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

STANZA = "vaguemestre"
FULL, DIFFERENTIAL = "full", "diff"
ARCHIVE_TIMEOUT = "5min"  # the log of quiet minutes is archived too
_PROGRAM = "/usr/bin/pgbackrest"


@dataclass(frozen=True)
class Cluster:
    """A cluster of PostgreSQL on this machine. `socket`: the folder of its socket."""

    data: Path
    port: int
    socket: Path = Path("/var/run/postgresql")


def configuration_text(cluster: Cluster, repository: str, password: str, *, keep_days: int) -> str:
    """The file of pgBackRest: encrypted before it is written, whole weeks kept beyond `keep_days`."""
    return (
        "# Written by bin/install.\n"
        "[global]\n"
        f"repo1-path={repository}\n"
        "repo1-cipher-type=aes-256-cbc\n"
        f"repo1-cipher-pass={password}\n"
        "repo1-retention-full-type=time\n"
        f"repo1-retention-full={keep_days}\n"
        "start-fast=y\n"
        "delta=y\n"
        "log-level-file=off\n"
        "log-level-console=warn\n"
        f"[{STANZA}]\n"
        f"pg1-path={cluster.data}\n"
        f"pg1-port={cluster.port}\n"
        f"pg1-socket-path={cluster.socket}\n"
    )


def archive_settings(configuration: Path) -> dict[str, str]:
    """Settings of PostgreSQL that send each piece of its log to the archive."""
    return {
        "archive_mode": "on",
        "archive_command": f"{' '.join(command(configuration, 'archive-push'))} %p",
        "archive_timeout": ARCHIVE_TIMEOUT,
    }


def command(configuration: Path, *words: str) -> tuple[str, ...]:
    """A command line of pgBackRest, to be run as PostgreSQL's own user."""
    return (_PROGRAM, f"--config={configuration}", f"--stanza={STANZA}", *words)


@dataclass(frozen=True)
class PgBackRest:
    """The archive of one cluster. `prefix`: what makes a command PostgreSQL's user's own."""

    configuration: Path
    prefix: Sequence[str] = ("runuser", "-u", "postgres", "--")

    def create(self) -> None:
        """Make the archive of a cluster that runs; nothing when there is one. Raises as every method."""
        self._run("stanza-create")

    def check(self) -> None:
        """Send a piece of the log and wait until it is in the archive. Raises EngineDown, EngineRefused."""
        self._run("check")

    def back_up(self, kind: str) -> None:
        """A base backup; a differential one is full when there is none."""
        self._run(f"--type={kind}", "backup")

    def restore(self, moment: datetime | None = None) -> None:
        """Make the files of a stopped cluster those of that moment, or of the last piece archived.

        It replays the log when it starts, then serves.
        """
        target = (
            ("--type=time", f"--target={moment.isoformat(sep=' ')}", "--target-action=promote")
            if moment
            else ("--type=default",)
        )
        self._run(*target, "restore")

    def _run(self, *words: str) -> None:
        argv = (*self.prefix, *command(self.configuration, *words))
        try:
            ended = subprocess.run(argv, cwd="/", capture_output=True, text=True, check=False)
        except OSError as error:
            raise EngineDown(f"pgbackrest {words[-1]}: {error}") from error
        if ended.returncode:
            said = (ended.stderr or ended.stdout).strip().splitlines()[-1:]
            raise EngineRefused(f"pgbackrest {words[-1]}: {' '.join(said) or ended.returncode}")
