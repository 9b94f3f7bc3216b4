"""pgBackRest: base backups of PostgreSQL and its write-ahead log, for point-in-time recovery."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

STANZA = "vaguemestre"
FULL, DIFFERENTIAL = "full", "diff"
ARCHIVE_TIMEOUT = "5min"  # a segment is archived even if it is not full
_PROGRAM = "/usr/bin/pgbackrest"


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL cluster on this machine. `data`: its data folder; `socket`: the folder of its socket."""

    data: Path
    port: int
    socket: Path = Path("/var/run/postgresql")


def configuration_text(cluster: Cluster, repository: str, password: str, *, keep_days: int) -> str:
    """The text of `pgbackrest.conf`: an encrypted repository; full backups are kept for `keep_days`."""
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
    """Settings of PostgreSQL, by name, that send each segment of its log to the archive."""
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
    """The archive of one cluster. `prefix`: words that run a command as PostgreSQL's own user.

    Every method raises EngineDown if pgBackRest cannot be run, EngineRefused if it fails.
    """

    configuration: Path
    prefix: Sequence[str] = ("runuser", "-u", "postgres", "--")

    def create(self) -> None:
        """Create the archive of a running cluster, unless it exists."""
        self._run("stanza-create")

    def check(self) -> None:
        """Send a segment of the log and wait until it is in the archive."""
        self._run("check")

    def back_up(self, kind: str) -> None:
        """Make a base backup of that kind (FULL, DIFFERENTIAL). The first one is always full."""
        self._run(f"--type={kind}", "backup")

    def restore(self, moment: datetime | None = None) -> None:
        """Restore the files of a stopped cluster as of that moment, or of the last archived segment.

        PostgreSQL replays the log at its next start.
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
            result = subprocess.run(argv, cwd="/", capture_output=True, text=True, check=False)
        except OSError as error:
            raise EngineDown(f"pgbackrest {words[-1]}: {error}") from error
        if result.returncode:
            reason = (result.stderr or result.stdout).strip().splitlines()[-1:]
            raise EngineRefused(f"pgbackrest {words[-1]}: {' '.join(reason) or result.returncode}")
