"""Restore a mailbox, a folder or a message from a generation: only what is missing, to its former folder."""

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
from vaguemestre.processes.backup.room import check_room
from vaguemestre.site.config import Config


class Selection(NamedTuple):
    """What to restore: a mailbox, or one of its folders (IMAP name), or one message (Message-ID).

    `removed`: GUIDs of the messages that were removed from that mailbox as dangerous: they stay away.
    """

    mailbox: str
    folder: str = ""
    message_id: str = ""
    removed: frozenset[str] = frozenset()


def restore_messages(
    config: Config, stores: Repositories, generation: Generation, selection: Selection, scratch: Path
) -> int:
    """Restore the selected messages that the mailbox no longer holds. Returns the count.

    Messages that are still there, moved or not, are left alone. Raises NotABackup, NoRoom, EngineRefused.
    """
    home = mail_home(config, selection.mailbox)
    inside = home.relative_to(config.home)
    # beside the mailbox, then in it
    check_room(stores.data, generation.data.id, scratch, path=f"/{inside}", copies=2)
    stores.data.restore(generation.data.id, scratch, include=(f"/{inside}",))
    _open_to_mail_user(scratch, inside, selection.mailbox)
    copies = mailbox_files(config, scratch / "mail", scratch)
    live = mailbox_files(config, config.home / "mail", scratch)
    copies.resync(selection.mailbox)
    selected = _selected(copies.messages(selection.mailbox), selection)
    if not selected:
        raise NotABackup("cette sauvegarde ne contient rien de tel.")
    present = live.messages(selection.mailbox) if home.is_dir() else ()
    missing = missing_messages(selected, present)
    for folder, messages in groupby(missing, key=lambda message: message.folder):
        live.import_from(copies, selection.mailbox, folder, [message.guid for message in messages])
    return len(missing)


def _open_to_mail_user(scratch: Path, inside: Path, mailbox: str) -> None:
    """Let the mail user reach the restored mailbox. Raises NotABackup if a folder is none."""
    folders = [scratch / folder for folder in (*reversed(inside.parents), inside)]
    if any(folder.is_symlink() or not folder.is_dir() for folder in folders):
        raise NotABackup(f"la boîte {mailbox} n’est pas dans cette sauvegarde.")
    for folder in folders[:-1]:
        folder.chmod(0o711)
    give_to_mail_user(scratch / inside)


def missing_messages(
    selected: Sequence[MessageCopy], present: Iterable[MessageCopy]
) -> tuple[MessageCopy, ...]:
    """The selected messages that no folder of the mailbox shows, by folder and UID."""
    present_guids = {message.guid for message in present if message.folder != DELETED_MESSAGES}
    return tuple(message for message in sorted(selected, key=_order) if message.guid not in present_guids)


def _selected(messages: Iterable[MessageCopy], selection: Selection) -> tuple[MessageCopy, ...]:
    message_id = f"<{selection.message_id.strip('<> ')}>" if selection.message_id else ""
    return tuple(
        message
        for message in messages
        if message.folder != DELETED_MESSAGES
        and message.guid not in selection.removed
        and selection.folder in ("", message.folder)
        and message_id in ("", message.message_id.strip())
    )


def _order(message: MessageCopy) -> tuple[str, int]:
    return message.folder, message.uid
