"""Whether an error says that no room is left: on the server's disk, or in its database."""

import errno
import sqlite3
from enum import StrEnum

from django.db import DatabaseError

_SQLITE_FULL = sqlite3.SQLITE_FULL
_POSTGRESQL_FULL = "53100"  # disk_full, of the errors of PostgreSQL (appendix A)


class NoRoom(StrEnum):
    """For what there was no room, as the page says it."""

    FILE = "ce fichier"
    RECORD = "ce que vous enregistrez"


def no_room(error: BaseException | None) -> NoRoom | None:
    """None for an error of another kind."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NoRoom.FILE
    if isinstance(error, DatabaseError):
        cause = error.__cause__  # the driver's own
        code, state = getattr(cause, "sqlite_errorcode", None), getattr(cause, "sqlstate", None)
        if code == _SQLITE_FULL or state == _POSTGRESQL_FULL:
            return NoRoom.RECORD
    return None
