"""System users and groups of this machine that an instance uses, made when they are missing."""

import grp
import os
import pwd
import subprocess
from collections.abc import Collection
from pathlib import Path

from vaguemestre.foundation.kernel.errors import EngineRefused

USER_PREFIX = "vaguemestre-"
MAIL_USER = f"{USER_PREFIX}mail"
LOGS_GROUP = "vaguemestre-logs"  # reads what the engines and our processes log
SHARED_GROUP = "vaguemestre"  # opens the SQLite database and the data folder
FILES_GROUP = "vaguemestre-files"  # opens the files that the front sends, and the sockets of its pools
POSTFIX_USER = "postfix"
DOVECOT_NOBODY = "dovenull"  # of Debian's Dovecot: owns no mail
FILTER_USER = "_rspamd"
_WORKER_USER = f"{USER_PREFIX}worker"


def system_user(name: str = MAIL_USER) -> pwd.struct_passwd:
    """A system user with a group of its name, created when missing; by default the owner of the mail.

    Raises EngineRefused.
    """
    try:
        return pwd.getpwnam(name)
    except KeyError:
        useradd = subprocess.run(
            ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
             "--shell", "/usr/sbin/nologin", name],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise EngineRefused(
            f"l’utilisateur {name} ne peut pas être créé : {useradd.stderr.strip()} ; recommencez en root"
        ) from None


def system_group(name: str) -> int:
    """The id of a system group, created when missing. Raises EngineRefused."""
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        groupadd = subprocess.run(["groupadd", "--system", name], capture_output=True, text=True, check=False)
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise EngineRefused(
            f"le groupe {name} ne peut pas être créé : {groupadd.stderr.strip()} ; recommencez en root"
        ) from None


def user_ids(names: Collection[str]) -> frozenset[int]:
    """The ids of those system users that this machine has."""
    return frozenset(entry.pw_uid for entry in pwd.getpwall() if entry.pw_name in names)


def postfix_group() -> int:
    return grp.getgrnam(POSTFIX_USER).gr_gid


def filter_group() -> int:
    return grp.getgrnam(FILTER_USER).gr_gid


def worker_id() -> int:
    """The user that the worker runs as: its own, or root where processes have none."""
    try:
        return pwd.getpwnam(_WORKER_USER).pw_uid
    except KeyError:
        return 0


def set_owner(path: Path, user: int, group: int, mode: int) -> None:
    """Give a path its owner and mode."""
    os.chown(path, user, group)
    path.chmod(mode)
