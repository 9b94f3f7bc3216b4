"""restic: generations of files, deduplicated, checksummed and encrypted, in a folder, by SFTP or on S3."""

import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

_RESTIC = "restic"
_PRUNE_SECONDS = 30 * 60  # less than the delay after which a generation is late
_MAX_REPACKED = "20G"
_CHECK_SECONDS = 24 * 3600
_FAILED = 1  # exit codes of restic(1)
_NOT_ALL_READ = 3
_NO_REPOSITORY = 10
_LOCKED = 11
_WRONG_PASSWORD = 12
_CANNOT_OPEN = "unable to open repository"  # that is neither missing nor another's: its machine is away


class RepositoryDamaged(EngineRefused):
    """The repository does not hold what was written to it: `restic check --read-data` found errors."""


class Snapshot(NamedTuple):
    """A snapshot of one repository. `tag`: shared by the snapshots of one generation."""

    id: str
    made_at: datetime
    tag: str


class BackupSummary(NamedTuple):
    """The result of `restic backup`: files examined, and octets added after compression."""

    snapshot_id: str
    files: int
    added_bytes: int


@dataclass(frozen=True)
class Restic:
    """A repository. Every method raises EngineDown if it is out of reach or locked, else EngineRefused.

    A lock whose process was killed is removed when it is met; one that is in use is left alone.
    """

    repository: str
    password_file: Path
    cache: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def create_if_missing(self) -> None:
        """Initialise the repository if there is none."""
        if self._call("cat", "config", accepted=(0, _NO_REPOSITORY)).returncode == _NO_REPOSITORY:
            self._call("init")

    def back_up(
        self, top: Path, paths: Sequence[str], *, tag: str, exclude: Iterable[str] = ()
    ) -> BackupSummary:
        """Write a snapshot of these paths, relative to `top`. Files deleted during the copy are skipped.

        Files are read one at a time, in the order of their names: Dovecot's index of a folder before its log,
        so that the log is never older than the index.
        """
        options = [f"--exclude={top / pattern}" for pattern in exclude]
        result = self._call(
            "backup", "--no-scan", "--read-concurrency=1", f"--tag={tag}", *options, "--", *paths,
            cwd=top, accepted=(0, _NOT_ALL_READ),
        )  # fmt: skip
        _check_all_read(result.stderr, top)
        summary = next(line for line in _json_lines(result.stdout) if line.get("message_type") == "summary")
        return BackupSummary(
            summary["snapshot_id"], summary["total_files_processed"], summary["data_added_packed"]
        )

    def snapshots(self) -> list[Snapshot]:
        """The snapshots of the repository, oldest first."""
        rows = json.loads(self._call("snapshots").stdout or "[]") or []
        snapshots = [
            Snapshot(row["id"], datetime.fromisoformat(row["time"]), (row.get("tags") or [""])[0])
            for row in rows
        ]
        return sorted(snapshots, key=lambda snapshot: snapshot.made_at)

    def restored_bytes(self, snapshot_id: str, path: str = "") -> int:
        """The octets that a snapshot holds, or what is below that path (absolute from its top) does."""
        if not path:
            result = self._call("stats", "--mode=restore-size", snapshot_id)
            return int(json.loads(result.stdout)["total_size"])
        rows = _json_lines(self._call("ls", "--recursive", snapshot_id, path).stdout)
        return sum(int(row.get("size", 0)) for row in rows if row.get("type") == "file")

    def restore(
        self, snapshot_id: str, target: Path, include: Iterable[str] = (), exclude: Iterable[str] = ()
    ) -> None:
        """Restore a snapshot below `target`: the paths in `include` (absolute from its top), or all.

        Of these not what is in `exclude`; restic takes one of the two.
        """
        options = [f"--include={path}" for path in include] or [f"--exclude={path}" for path in exclude]
        self._call("restore", snapshot_id, f"--target={target}", *options)

    def check(self) -> None:
        """Read every octet of the repository again. Raises RepositoryDamaged."""
        result = self._call("check", "--read-data", accepted=None, timeout_seconds=_CHECK_SECONDS)
        if result.returncode in (_LOCKED, _WRONG_PASSWORD, _NO_REPOSITORY):
            raise self._failure("check", result)
        if result.returncode:
            raise RepositoryDamaged(f"restic check: {_last_line(result.stderr)}")

    def forget(self, *, keep_last: int, keep_days: int, keep_months: int) -> None:
        """Remove the snapshots beyond these numbers. The data that only they held stay until `prune`."""
        self._call(
            "forget", f"--keep-last={keep_last}", f"--keep-daily={keep_days}",
            f"--keep-monthly={keep_months}", "--group-by=",
        )  # fmt: skip

    def prune(self) -> None:
        """Remove data that no snapshot holds; nothing else may write meanwhile. The rest waits for the next.

        Raises EngineDown after _PRUNE_SECONDS.
        """
        self._call("prune", f"--max-repack-size={_MAX_REPACKED}", timeout_seconds=_PRUNE_SECONDS)

    def unlock(self) -> None:
        """Remove the locks of processes that have ended."""
        self._call("unlock")

    def _call(
        self,
        *arguments: str,
        cwd: Path | None = None,
        accepted: tuple[int, ...] | None = (0,),
        timeout_seconds: float | None = None,
    ) -> "subprocess.CompletedProcess[str]":
        """Run restic. `accepted`: exit codes that are not failures; None: all."""
        result = self._run(arguments, cwd, timeout_seconds)
        if result.returncode == _LOCKED:
            self._run(("unlock",), None, timeout_seconds)
            result = self._run(arguments, cwd, timeout_seconds)
        if accepted is not None and result.returncode not in accepted:
            raise self._failure(arguments[0], result)
        return result

    def _run(
        self, arguments: Sequence[str], cwd: Path | None, timeout_seconds: float | None
    ) -> "subprocess.CompletedProcess[str]":
        argv = (
            _RESTIC, "--json", f"--repo={self.repository}", f"--password-file={self.password_file}",
            f"--cache-dir={self.cache}", *arguments,
        )  # fmt: skip
        try:
            return subprocess.run(
                argv, cwd=cwd, env={**os.environ, **self.environment}, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, check=False, timeout=timeout_seconds,
            )  # fmt: skip
        except FileNotFoundError as error:
            raise EngineDown("restic manque : installez le paquet restic") from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EngineDown(f"restic {arguments[0]}: {error}") from error

    @staticmethod
    def _failure(command: str, result: "subprocess.CompletedProcess[str]") -> EngineRefused | EngineDown:
        sentence = f"restic {command}: {_last_line(result.stderr)}"
        is_away = result.returncode == _FAILED and _CANNOT_OPEN in result.stderr
        return EngineDown(sentence) if is_away or result.returncode == _LOCKED else EngineRefused(sentence)


def _check_all_read(errors: str, top: Path) -> None:
    """Raises EngineRefused if a file that still exists was not read: the snapshot is incomplete."""
    for line in _json_lines(errors):
        item = str(line.get("item", ""))
        if line.get("message_type") == "error" and (top / item).exists():
            raise EngineRefused(f"restic backup: {item}: {line.get('error')}")


def _json_lines(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def _last_line(text: str) -> str:
    """The last line of an output; if it is JSON, its message."""
    line = (text.strip().splitlines() or [""])[-1]
    if line.startswith("{"):
        fields = json.loads(line)
        return str(fields.get("message") or fields.get("error") or line)[-300:]
    return line[-300:]
