"""Whether a mailbox is as it was, from the disk alone: what was found there then needs no second look."""

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from vaguemestre.engines.dovecot.homes import mail_home
from vaguemestre.engines.instance import Place
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr

MESSAGE_FILE = "u."  # how sdbox begins the name of a message's file
_IN_SIGHT = ("sdbox", "deleted")  # the `mail_path` of the namespaces where messages are sought
_FILES = "dbox-Mails"  # of a folder: a file for each message, and its index
_LOG = "dovecot.index.log"  # grows whenever a message comes, goes or is marked, or is begun anew


def mailbox_state(instance: Place, mailbox: str) -> str:
    """The same as long as no message came, went or was marked. Raises EngineDown, EngineRefused."""
    try:
        logs = [(str(folder), (folder / _LOG).stat()) for folder in _folders(instance, mailbox)]
    except OSError as error:
        raise EngineDown(f"courriels de {mailbox} : {os_error_fr(error)}") from error
    words = sorted((name, log.st_ino, log.st_size) for name, log in logs)
    return blake2b(repr(words).encode(), digest_size=16).hexdigest()


def has_arrivals(instance: Place, mailbox: str, since_ns: int) -> bool:
    """Whether a message came to a folder since then. Raises EngineDown, EngineRefused.

    Of a file that came by a link, as from another folder, the change is recent, not the date.
    """
    try:
        return any(
            file.name.startswith(MESSAGE_FILE) and file.stat().st_ctime_ns >= since_ns
            for folder in _folders(instance, mailbox)
            if folder.stat().st_mtime_ns >= since_ns
            for file in folder.iterdir()
        )
    except OSError as error:
        raise EngineDown(f"courriels de {mailbox} : {os_error_fr(error)}") from error


def _folders(instance: Place, mailbox: str) -> Iterator[Path]:
    home = mail_home(instance, mailbox)
    for name in _IN_SIGHT:
        for path, names, _ in (home / name / "mailboxes").walk():
            if _FILES in names:
                yield path / _FILES
                names.remove(_FILES)
