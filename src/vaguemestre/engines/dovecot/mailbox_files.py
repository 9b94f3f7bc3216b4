"""Mailboxes on disk, read and restored by doveadm without a running Dovecot."""

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from vaguemestre.engines.config_templates import render
from vaguemestre.engines.system_users import system_user
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.post.mailstore.values import DELETED_MESSAGES

_HERE = Path(__file__).parent
_TIMEOUT_SECONDS = 600
_NO_LOOKUP = "--no-userdb-lookup"
_RECENT = "\\Recent"  # a flag of an IMAP session, not of the message
_MAX_GUIDS = 500  # in one command
_DELETED = DELETED_MESSAGES.partition("/")[0]
_FIELDS = "mailbox mailbox-guid guid uid flags size.physical hdr.message-id"


class MessageCopy(NamedTuple):
    """A message on disk, `size` in octets. `guid` survives a move to another folder, `uid` does not."""

    folder: str
    folder_guid: str
    uid: int
    guid: str
    flags: frozenset[str]
    size: int
    message_id: str


@dataclass(frozen=True)
class MailboxFiles:
    """The mailboxes below `mail`, laid out as HOME/mail/DOMAIN/NAME. `scratch`: for doveadm's own files.

    Methods that run doveadm raise EngineRefused.
    """

    mail: Path
    scratch: Path

    def mailboxes(self) -> Iterator[str]:
        """The names of the mailboxes that exist on disk (`name@domain`)."""
        for home in sorted(self.mail.glob("*/*/sdbox")):
            yield f"{home.parent.name}@{home.parent.parent.name}"

    def messages(self, mailbox: str) -> tuple[MessageCopy, ...]:
        """Every message, deleted ones included, by folder and UID."""
        everywhere = ("(", "mailbox", "*", "OR", "mailbox", f"{_DELETED}/*", ")")
        rows = json.loads(self._run(mailbox, "-f", "json", "fetch", _NO_LOOKUP, _FIELDS, *everywhere))
        messages = (
            MessageCopy(
                row["mailbox"],
                row["mailbox-guid"],
                int(row["uid"]),
                row["guid"],
                frozenset(row["flags"].split()) - {_RECENT},
                int(row["size.physical"]),
                row["hdr.message-id"],
            )
            for row in rows
        )
        return tuple(sorted(messages, key=lambda message: (message.folder, message.uid)))

    def resync(self, mailbox: str) -> None:
        """Rebuild the indexes from the files: messages may have come or gone while they were copied."""
        for folders in ("*", f"{_DELETED}/*"):
            self._run(mailbox, "force-resync", _NO_LOOKUP, folders)

    def import_from(self, source: "MailboxFiles", mailbox: str, folder: str, guids: Sequence[str]) -> None:
        """Copy messages of a folder from `source` into the folder of that name, with flags and dates."""
        for start in range(0, len(guids), _MAX_GUIDS):
            query = " OR ".join(f"guid {guid}" for guid in guids[start : start + _MAX_GUIDS]).split()
            self._run(
                mailbox, "import", _NO_LOOKUP, f"sdbox:{source.home(mailbox) / 'sdbox'}", "",
                "mailbox", folder, "(", *query, ")",
            )  # fmt: skip

    def home(self, mailbox: str) -> Path:
        name, _, domain = mailbox.rpartition("@")
        return self.mail / domain / name

    def _run(self, mailbox: str, *arguments: str) -> str:
        argv = ["doveadm", "-c", str(self._configuration()), *arguments]
        environment = {**os.environ, "USER": mailbox, "HOME": str(self.home(mailbox))}
        try:
            result = subprocess.run(
                argv, env=environment, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EngineRefused(f"doveadm {mailbox}: {error}") from error
        if result.returncode:
            raise EngineRefused(f"doveadm {mailbox}: {result.stderr.strip()[-300:]}")
        return result.stdout

    def _configuration(self) -> Path:
        digest = hashlib.sha256(bytes(self.mail)).hexdigest()[:12]  # two mail folders may share one scratch
        file = self.scratch / f"mailbox-files-{digest}.conf"
        if not file.exists():
            file.write_text(files_configuration(self.mail, self.scratch), encoding="utf-8")
        return file


def files_configuration(mail: Path, scratch: Path) -> str:
    """What doveadm reads to work on the mailboxes below `mail` without a server."""
    user = system_user()
    return render(
        _HERE, "mailbox_files.conf.j2", mail=mail, scratch=scratch, uid=user.pw_uid, gid=user.pw_gid,
        deleted=_DELETED,
    )  # fmt: skip
