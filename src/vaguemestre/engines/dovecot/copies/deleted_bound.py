"""What a mailbox keeps of its deleted messages, in bytes: the oldest go first."""

import os
from collections.abc import Sequence

from vaguemestre.engines.dovecot.doveadm_server import DoveadmServer
from vaguemestre.engines.dovecot.homes import deleted_files
from vaguemestre.engines.instance import Place
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr
from vaguemestre.post.mailstore.values import DELETED_MESSAGES

_FIELDS = ("uid", "size.physical")


class DeletedBound:
    """Reads sizes on the disk, and asks Dovecot only about a mailbox that is over its bound."""

    def __init__(self, instance: Place, doveadm: DoveadmServer) -> None:
        self._instance, self._doveadm = instance, doveadm

    def __call__(self, mailbox: str, limit_bytes: str) -> int:
        """Delete the oldest beyond the bound, for good. Returns how many.

        Raises EngineDown, EngineRefused.
        """
        limit = int(limit_bytes)
        if self._bytes_on_disk(mailbox) <= limit:
            return 0
        rows = self._doveadm.fetched(mailbox, _FIELDS, "mailbox", DELETED_MESSAGES, "all")
        sizes = [(int(uid), int(size)) for uid, size in rows]
        uids = oldest_beyond(sizes, limit)
        if uids:
            words = ",".join(map(str, uids))
            self._doveadm.cells(mailbox, "expunge", "mailbox", DELETED_MESSAGES, "uid", words)
        return len(uids)

    def _bytes_on_disk(self, mailbox: str) -> int:
        try:
            with os.scandir(deleted_files(self._instance, mailbox)) as files:
                return sum(_size(file) for file in files)
        except FileNotFoundError:  # nothing was ever deleted
            return 0
        except OSError as error:
            raise EngineDown(f"courriels de {mailbox} : {os_error_fr(error)}") from error


def oldest_beyond(sizes: Sequence[tuple[int, int]], limit: int) -> list[int]:
    """UIDs to delete so that the rest, deleted last, takes `limit` bytes at most. `sizes`: (UID, bytes)."""
    total = 0
    for position, (_, size) in enumerate(reversed(found := sorted(sizes))):
        total += size
        if total > limit:
            return [uid for uid, _ in found[: len(found) - position]]
    return []


def _size(file: os.DirEntry[str]) -> int:
    try:
        return file.stat(follow_symlinks=False).st_size if file.name.startswith("u.") else 0
    except FileNotFoundError:  # deleted meanwhile
        return 0
