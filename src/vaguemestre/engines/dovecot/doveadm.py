"""Commands to a running Dovecot through doveadm: argument lists, never a shell. Needs root."""

import json
import subprocess

from vaguemestre.engines.dovecot.configuration import configuration_file
from vaguemestre.engines.dovecot.homes import unexpected_mailbox
from vaguemestre.engines.dovecot.quota import QuotaUse
from vaguemestre.engines.instance import Instance
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

_TIMEOUT_SECONDS = 60
_INDEXING_SECONDS = 4 * 3600  # a very large mailbox, on a busy machine
# sysexits.h as doveadm uses it
_NOT_CONNECTED = 68  # EX_NOHOST: no matching user is connected
_TEMPORARY = 75


class Doveadm:
    """The commands that root's command line needs; running processes ask `mail_agent`."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance

    def cut(self, mailbox: str) -> None:
        """Close every connection of that mailbox. Sign-ins are not cached: see auth_cache_size."""
        _check_mailbox(mailbox)
        self._run("kick", mailbox, accepted=(0, _NOT_CONNECTED))

    def index(self, mailbox: str) -> None:
        """Bring the full-text index of all its folders up to date, now. Raises EngineDown, EngineRefused."""
        self._run("index", "-u", mailbox, "*", patience=_INDEXING_SECONDS)

    def delete_index(self, mailbox: str) -> None:
        """Delete the full-text index of all its folders."""
        self._run("fts", "flatcurve", "remove", "-u", mailbox, "*")

    def mailboxes(self) -> list[str]:
        """Every mailbox that Dovecot delivers to."""
        return self._run("user", "*").split()

    def index_later(self, mailbox: str) -> None:
        """Queue the same for the indexer."""
        self._run("index", "-q", "-u", mailbox, "*")

    def quota(self, mailbox: str) -> QuotaUse:
        rows = json.loads(self._run("-f", "json", "quota", "get", "-u", mailbox))
        storage = next(row for row in rows if row["type"] == "STORAGE")
        limit = storage["limit"]
        return QuotaUse(
            used_bytes=int(storage["value"]) * 1024,
            limit_bytes=int(limit) * 1024 if str(limit).isdigit() else 0,
        )

    def _run(
        self, *arguments: str, accepted: tuple[int, ...] = (0,), patience: float = _TIMEOUT_SECONDS
    ) -> str:
        argv = ["doveadm", "-c", str(configuration_file(self._instance)), *arguments]
        try:
            ended = subprocess.run(argv, capture_output=True, text=True, timeout=patience, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EngineDown(f"doveadm {arguments[0]}") from error
        if ended.returncode == _TEMPORARY:
            raise EngineDown(f"doveadm {arguments[0]}: {ended.stderr.strip()[-300:]}")
        if ended.returncode not in accepted:
            raise EngineRefused(f"doveadm {arguments[0]}: {ended.stderr.strip()[-300:]}")
        return ended.stdout


def _check_mailbox(mailbox: str) -> None:
    """Refuse a name that `kick` would read as a mask or an option. Raises EngineRefused."""
    if not mailbox or any(char in mailbox for char in "*?") or mailbox.startswith("-"):
        raise unexpected_mailbox(mailbox)
