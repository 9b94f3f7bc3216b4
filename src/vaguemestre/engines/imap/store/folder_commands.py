"""Changing folders: `mailstore.ports.Folders`. Never tried twice, like other changes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from vaguemestre.engines.imap.protocol import mailbox_names
from vaguemestre.engines.imap.protocol.folder_list import listed_names
from vaguemestre.engines.imap.protocol.wire import Answered
from vaguemestre.engines.imap.store.creation_race import make
from vaguemestre.engines.imap.store.session import Session, check_name, meant
from vaguemestre.post.mailstore.ports import FolderGone, FolderRefused
from vaguemestre.post.mailstore.values import Quota

_STORAGE = re.compile(rb"STORAGE (\d+) (\d+)")


class Shelving(Session):
    def create_folder(self, name: str) -> None:
        _check_new(name)
        self.unselect()
        with _named(name):
            make(self.run, mailbox_names.to_wire(name))
        self.run(b"SUBSCRIBE", mailbox_names.to_wire(name))

    def rename_folder(self, name: str, to: str) -> None:
        check_name(name)
        _check_new(to)
        self.unselect()
        inside = [one for one in self._subscribed() if one == name or one.startswith(f"{name}/")]
        with _named(to):
            self.run(b"RENAME", mailbox_names.to_wire(name), mailbox_names.to_wire(to))
        for one in inside:
            self.run(b"UNSUBSCRIBE", mailbox_names.to_wire(one))
            self.run(b"SUBSCRIBE", mailbox_names.to_wire(to + one[len(name) :]))

    def delete_folder(self, name: str) -> None:
        check_name(name)
        self.unselect()
        with meant(folder=name):
            self.run(b"DELETE", mailbox_names.to_wire(name))
        self.run(b"UNSUBSCRIBE", mailbox_names.to_wire(name))

    def subscribe(self, name: str, *, wanted: bool) -> None:
        check_name(name)
        with meant(folder=name):
            self.run(b"SUBSCRIBE" if wanted else b"UNSUBSCRIBE", mailbox_names.to_wire(name))

    def quota(self) -> Quota | None:
        lines = self.again(lambda: self.run(b"GETQUOTAROOT", "INBOX"))
        for line in lines:
            if line.text.startswith(b"QUOTA ") and (found := _STORAGE.search(line.text)):
                return Quota(int(found[1]) * 1024, int(found[2]) * 1024)
        return None

    def _subscribed(self) -> list[str]:
        return listed_names(self.run(b'LIST (SUBSCRIBED) "" "*"'))


@contextmanager
def _named(wanted: str) -> Iterator[None]:
    """A command giving a folder the name `wanted`: what its refusals mean (RFC 5530)."""
    try:
        yield
    except Answered as answer:
        if answer.code in ("NONEXISTENT", "TRYCREATE"):
            raise FolderGone("mailstore.folder-gone", folder=wanted) from answer
        taken = answer.code == "ALREADYEXISTS"
        raise FolderRefused(
            "mailstore.folder-exists" if taken else "mailstore.folder-name", folder=wanted
        ) from answer


def _check_new(name: str) -> None:
    if not mailbox_names.is_possible(name):
        raise FolderRefused("mailstore.folder-name", folder="")
