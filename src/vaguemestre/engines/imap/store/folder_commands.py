"""Changes to folders: `mailstore.ports.Folders`. Never retried, like other changes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from vaguemestre.engines.imap.protocol import mailbox_names
from vaguemestre.engines.imap.protocol.connection import CommandRefused
from vaguemestre.engines.imap.protocol.folder_list import folder_names
from vaguemestre.engines.imap.store.creation_race import create_mailbox
from vaguemestre.engines.imap.store.session import Session, check_name, translated_refusals
from vaguemestre.post.mailstore.ports import FolderGone, FolderRefused
from vaguemestre.post.mailstore.values import Quota

_STORAGE = re.compile(rb"STORAGE (\d+) (\d+)")


class FolderCommands(Session):
    def create_folder(self, name: str) -> None:
        _check_new(name)
        self.unselect()
        wire = mailbox_names.to_wire(name)
        listed = self.retry_if_dead(lambda: self.run(b'LIST ""', wire))
        with _naming_refusals(name):
            create_mailbox(self.run, wire, is_new=name not in folder_names(listed))
        self.run(b"SUBSCRIBE", wire)

    def rename_folder(self, name: str, to: str) -> None:
        check_name(name)
        _check_new(to)
        self.unselect()
        subscribed = [path for path in self._subscribed() if path == name or path.startswith(f"{name}/")]
        with _naming_refusals(to):
            self.run(b"RENAME", mailbox_names.to_wire(name), mailbox_names.to_wire(to))
        for path in subscribed:
            self.run(b"UNSUBSCRIBE", mailbox_names.to_wire(path))
            self.run(b"SUBSCRIBE", mailbox_names.to_wire(to + path[len(name) :]))

    def delete_folder(self, name: str) -> None:
        check_name(name)
        self.unselect()
        with translated_refusals(folder=name):
            self.run(b"DELETE", mailbox_names.to_wire(name))
        self.run(b"UNSUBSCRIBE", mailbox_names.to_wire(name))

    def subscribe(self, name: str, *, wanted: bool) -> None:
        check_name(name)
        with translated_refusals(folder=name):
            self.run(b"SUBSCRIBE" if wanted else b"UNSUBSCRIBE", mailbox_names.to_wire(name))

    def quota(self) -> Quota | None:
        lines = self.retry_if_dead(lambda: self.run(b"GETQUOTAROOT", "INBOX"))
        for line in lines:
            if line.text.startswith(b"QUOTA ") and (match := _STORAGE.search(line.text)):
                return Quota(int(match[1]) * 1024, int(match[2]) * 1024)
        return None

    def _subscribed(self) -> list[str]:
        return folder_names(self.run(b'LIST (SUBSCRIBED) "" "*"'))


_CODES = {
    "ALREADYEXISTS": "mailstore.folder-exists",
    "LIMIT": "mailstore.folder-limit",
    "NOPERM": "mailstore.folder-depth",
}


@contextmanager
def _naming_refusals(name: str) -> Iterator[None]:
    """Translate the refusals of a command that gives a folder this name (RFC 5530)."""
    try:
        yield
    except CommandRefused as refusal:
        if refusal.code in ("NONEXISTENT", "TRYCREATE"):
            raise FolderGone("mailstore.folder-gone", folder=name) from refusal
        raise FolderRefused(_CODES.get(refusal.code, "mailstore.folder-name"), folder=name) from refusal


def _check_new(name: str) -> None:
    if not mailbox_names.is_possible(name):
        raise FolderRefused("mailstore.folder-name", folder="")
