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
_CHECK_SECONDS = 24 * 3600
_NOT_ALL_READ = 3  # exit codes of restic(1)
_NO_REPOSITORY = 10
_LOCKED = 11
_WRONG_PASSWORD = 12


class RepositoryDamaged(EngineRefused):
    """What the repository holds is not what was written there."""


class Snapshot(NamedTuple):
    """One generation of a repository. `tag`: what ties it to that of another repository."""

    id: str
    made_at: datetime
    tag: str


class Written(NamedTuple):
    """What a backup did: files looked at, octets read of those that changed, octets added after packing."""

    snapshot_id: str
    files: int
    added_bytes: int


@dataclass(frozen=True)
class Restic:
    """A repository. Every method raises EngineDown when it cannot be reached, EngineRefused otherwise."""

    repository: str
    password_file: Path
    cache: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def open(self) -> None:
        """Make the repository when there is none."""
        if self._call("cat", "config", accepted=(0, _NO_REPOSITORY)).returncode == _NO_REPOSITORY:
            self._call("init")

    def back_up(self, top: Path, paths: Sequence[str], *, tag: str, exclude: Iterable[str] = ()) -> Written:
        """Write a generation of these paths, relative to `top`. Files that go meanwhile are passed over.

        Files are read one after the other, in the order of their names: Dovecot's index of a folder before
        its log, which is then never behind.
        """
        options = [f"--exclude={top / pattern}" for pattern in exclude]
        ended = self._call(
            "backup", "--no-scan", "--read-concurrency=1", f"--tag={tag}", *options, "--", *paths,
            cwd=top, accepted=(0, _NOT_ALL_READ),
        )  # fmt: skip
        _check_all_read(ended.stderr, top)
        summary = next(line for line in _json_lines(ended.stdout) if line.get("message_type") == "summary")
        return Written(summary["snapshot_id"], summary["total_files_processed"], summary["data_added_packed"])

    def snapshots(self) -> list[Snapshot]:
        """Its generations, oldest first."""
        rows = json.loads(self._call("snapshots").stdout or "[]") or []
        made = [
            Snapshot(row["id"], datetime.fromisoformat(row["time"]), (row.get("tags") or [""])[0])
            for row in rows
        ]
        return sorted(made, key=lambda snapshot: snapshot.made_at)

    def restore(self, snapshot_id: str, target: Path, include: Iterable[str] = ()) -> None:
        """Put a generation below `target`, or the paths of it that are named (absolute from its top)."""
        options = [f"--include={path}" for path in include]
        self._call("restore", snapshot_id, f"--target={target}", *options)

    def check(self) -> None:
        """Read every octet of the repository again. Raises RepositoryDamaged."""
        ended = self._call("check", "--read-data", accepted=None, patience=_CHECK_SECONDS)
        if ended.returncode in (_LOCKED, _WRONG_PASSWORD, _NO_REPOSITORY):
            raise self._failure("check", ended)
        if ended.returncode:
            raise RepositoryDamaged(f"restic check: {_last_line(ended.stderr)}")

    def forget(self, *, keep_last: int, keep_days: int, keep_months: int) -> None:
        """Remove the generations beyond these numbers, and what only they held."""
        self._call(
            "forget", "--prune", f"--keep-last={keep_last}", f"--keep-daily={keep_days}",
            f"--keep-monthly={keep_months}", "--group-by=",
        )  # fmt: skip

    def unlock(self) -> None:
        """Remove the locks of processes that are no more."""
        self._call("unlock")

    def _call(
        self,
        *arguments: str,
        cwd: Path | None = None,
        accepted: tuple[int, ...] | None = (0,),
        patience: float | None = None,
    ) -> "subprocess.CompletedProcess[str]":
        """Run it. `accepted`: exit codes that are no failure; None: all."""
        argv = (
            _RESTIC, "--json", f"--repo={self.repository}", f"--password-file={self.password_file}",
            f"--cache-dir={self.cache}", *arguments,
        )  # fmt: skip
        try:
            ended = subprocess.run(
                argv, cwd=cwd, env={**os.environ, **self.environment}, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, check=False, timeout=patience,
            )  # fmt: skip
        except FileNotFoundError as error:
            raise EngineDown("restic n’est pas installé (paquet restic)") from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EngineDown(f"restic {arguments[0]}: {error}") from error
        if accepted is not None and ended.returncode not in accepted:
            raise self._failure(arguments[0], ended)
        return ended

    @staticmethod
    def _failure(command: str, ended: "subprocess.CompletedProcess[str]") -> EngineRefused | EngineDown:
        sentence = f"restic {command}: {_last_line(ended.stderr)}"
        return EngineDown(sentence) if ended.returncode == _LOCKED else EngineRefused(sentence)


def _check_all_read(errors: str, top: Path) -> None:
    """A file that is there and was not read makes the generation no whole one. Raises EngineRefused."""
    for line in _json_lines(errors):
        item = str(line.get("item", ""))
        if line.get("message_type") == "error" and (top / item).exists():
            raise EngineRefused(f"restic backup: {item}: {line.get('error')}")


def _json_lines(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def _last_line(text: str) -> str:
    """The last sentence it said, out of its JSON if need be."""
    line = (text.strip().splitlines() or [""])[-1]
    if line.startswith("{"):
        said = json.loads(line)
        return str(said.get("message") or said.get("error") or line)[-300:]
    return line[-300:]
