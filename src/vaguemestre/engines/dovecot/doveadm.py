"""Acts on a running Dovecot through its own program: argument lists, never a shell. Needs root."""

import json
import subprocess
from dataclasses import dataclass

from vaguemestre.engines.dovecot.configuration import configuration_file
from vaguemestre.engines.instance import Instance
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

_PATIENCE_SECONDS = 60
_PATIENCE_INDEXING = 4 * 3600  # a very large mailbox, on a busy machine
# sysexits.h as doveadm uses it
_NOTHING_THERE = 68  # EX_NOHOST: nobody matching is connected
_TEMPORARY = 75


@dataclass(frozen=True)
class QuotaUse:
    """Bytes used and bytes allowed; `limit_bytes` 0 = no limit."""

    used_bytes: int
    limit_bytes: int


class Doveadm:
    """Implements `provisioning.ports.Connections`, and what the commands of the CLI ask."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance

    def cut(self, mailbox: str) -> None:
        """Close every connection of that mailbox. Nothing is cached about it: see auth_cache_size."""
        _nothing_odd(mailbox)
        self._run("kick", mailbox, fine=(0, _NOTHING_THERE))

    def index(self, mailbox: str) -> None:
        """Bring the full-text index of all its folders up to date, now. Raises EngineDown, EngineRefused."""
        self._run("index", "-u", mailbox, "*", patience=_PATIENCE_INDEXING)

    def forget_index(self, mailbox: str) -> None:
        """Drop the full-text index of all its folders."""
        self._run("fts", "flatcurve", "remove", "-u", mailbox, "*")

    def mailboxes(self) -> list[str]:
        """All that Dovecot would deliver to."""
        return self._run("user", "*").split()

    def index_later(self, mailbox: str) -> None:
        """Ask the indexer to do so when it can."""
        self._run("index", "-q", "-u", mailbox, "*")

    def quota(self, mailbox: str) -> QuotaUse:
        shown = json.loads(self._run("-f", "json", "quota", "get", "-u", mailbox))
        storage = next(row for row in shown if row["type"] == "STORAGE")
        limit = storage["limit"]
        return QuotaUse(
            used_bytes=int(storage["value"]) * 1024,
            limit_bytes=int(limit) * 1024 if str(limit).isdigit() else 0,
        )

    def _run(self, *arguments: str, fine: tuple[int, ...] = (0,), patience: float = _PATIENCE_SECONDS) -> str:
        argv = ["doveadm", "-c", str(configuration_file(self._instance)), *arguments]
        try:
            ended = subprocess.run(argv, capture_output=True, text=True, timeout=patience, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EngineDown(f"doveadm {arguments[0]}") from error
        if ended.returncode == _TEMPORARY:
            raise EngineDown(f"doveadm {arguments[0]}: {ended.stderr.strip()[-300:]}")
        if ended.returncode not in fine:
            raise EngineRefused(f"doveadm {arguments[0]}: {ended.stderr.strip()[-300:]}")
        return ended.stdout


def _nothing_odd(mailbox: str) -> None:
    """`kick` takes a mask: a star in a name would cut others off."""
    if not mailbox or any(char in mailbox for char in "*?") or mailbox.startswith("-"):
        raise EngineRefused(f"nom de boîte inattendu : {mailbox!r}")
