"""One mailbox, one folder, one message put back from a generation: what is missing, where it was."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from vaguemestre.engines.dovecot.homes import mail_home
from vaguemestre.engines.dovecot.mailbox_files import MessageCopy
from vaguemestre.post.mailstore.values import DELETED_MESSAGES
from vaguemestre.processes.backup.database import NotABackup
from vaguemestre.processes.backup.generations import Generation, Repositories
from vaguemestre.processes.backup.restoration import give_to_mail_user, mailbox_files
from vaguemestre.site.config import Config


class Wanted(NamedTuple):
    """What of a mailbox: all of it, a folder by its name in IMAP, a message by its Message-ID."""

    mailbox: str
    folder: str = ""
    message_id: str = ""


def restore_messages(
    config: Config, stores: Repositories, generation: Generation, wanted: Wanted, scratch: Path
) -> int:
    """Put back what the mailbox has no more. Returns how many messages that was.

    What is still there, moved or not, is left alone. Raises NotABackup, EngineRefused.
    """
    home = mail_home(config, wanted.mailbox)
    inside = home.relative_to(config.home)
    stores.data.restore(generation.data.id, scratch, include=(f"/{inside}",))
    if not (scratch / inside).is_dir():
        raise NotABackup(f"la boîte {wanted.mailbox} n’est pas dans cette sauvegarde.")
    for parent in reversed((scratch / inside).parents):
        if parent.is_relative_to(scratch):
            parent.chmod(0o711)
    give_to_mail_user(scratch / inside)
    copies = mailbox_files(config, scratch / "mail", scratch)
    live = mailbox_files(config, config.home / "mail", scratch)
    copies.resync(wanted.mailbox)
    chosen = _chosen(copies.messages(wanted.mailbox), wanted)
    if not chosen:
        raise NotABackup("cette sauvegarde ne contient rien de tel.")
    present = live.messages(wanted.mailbox) if home.is_dir() else ()
    missing = missing_messages(chosen, present)
    for folder, messages in groupby(missing, key=lambda message: message.folder):
        live.import_from(copies, wanted.mailbox, folder, [message.guid for message in messages])
    return len(missing)


def missing_messages(
    chosen: Sequence[MessageCopy], present: Iterable[MessageCopy]
) -> tuple[MessageCopy, ...]:
    """Those of a generation that the mailbox shows nowhere, in the order of folders and UIDs."""
    there = {message.guid for message in present if message.folder != DELETED_MESSAGES}
    return tuple(message for message in sorted(chosen, key=_order) if message.guid not in there)


def _chosen(messages: Iterable[MessageCopy], wanted: Wanted) -> tuple[MessageCopy, ...]:
    message_id = f"<{wanted.message_id.strip('<> ')}>" if wanted.message_id else ""
    return tuple(
        message
        for message in messages
        if message.folder != DELETED_MESSAGES
        and wanted.folder in ("", message.folder)
        and message_id in ("", message.message_id.strip())
    )


def _order(message: MessageCopy) -> tuple[str, int]:
    return message.folder, message.uid
