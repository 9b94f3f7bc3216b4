"""What the engines need to know of an instance, and the few things they share.

`site.config.Config` fits `Instance` by its shape: engines stand below the site and never import it.
"""

import grp
import hashlib
import os
import pwd
import re
import subprocess
from pathlib import Path
from typing import Protocol

from vaguemestre.kernel.errors import EngineRefused

MAIL_USER = "vaguemestre-mail"
POSTFIX_USER = "postfix"
OUTSIDE = "outside@exterieur.test"

# A socket's path holds 107 bytes at most (unix(7)); Dovecot's longest names below its base take 40.
_LONGEST_HOME = 107 - len("/run/d") - 40
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/_.+-]+", re.ASCII)


class AcademyShape(Protocol):
    @property
    def domain(self) -> str: ...


class MailShape(Protocol):
    @property
    def host(self) -> str: ...
    @property
    def message_size_limit(self) -> int: ...
    @property
    def quota_mb(self) -> int: ...
    @property
    def full_text_search(self) -> bool: ...


class DatabaseShape(Protocol):
    @property
    def engine(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def name(self) -> str: ...


class PortsShape(Protocol):
    @property
    def push(self) -> int: ...
    @property
    def imap(self) -> int: ...
    @property
    def imaps(self) -> int: ...
    @property
    def submission(self) -> int: ...
    @property
    def submissions(self) -> int: ...
    @property
    def mx(self) -> int: ...
    @property
    def managesieve(self) -> int: ...


class Instance(Protocol):
    """One instance, as the engines see it."""

    @property
    def home(self) -> Path: ...
    @property
    def port_base(self) -> int: ...
    @property
    def academy(self) -> AcademyShape: ...
    @property
    def mail(self) -> MailShape: ...
    @property
    def database(self) -> DatabaseShape: ...
    @property
    def ports(self) -> PortsShape: ...
    @property
    def public_url(self) -> str: ...
    @property
    def secrets_dir(self) -> Path: ...
    @property
    def engines_dir(self) -> Path: ...
    @property
    def logs_dir(self) -> Path: ...
    @property
    def projection_path(self) -> Path: ...


def system_user() -> pwd.struct_passwd:
    """The one system user that owns the mail; made when missing. Raises EngineRefused, KeyError never."""
    try:
        return pwd.getpwnam(MAIL_USER)
    except KeyError:
        made = subprocess.run(
            ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
             "--shell", "/usr/sbin/nologin", MAIL_USER],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    try:
        return pwd.getpwnam(MAIL_USER)
    except KeyError:
        raise EngineRefused(f"l’utilisateur {MAIL_USER} ne peut pas être créé : {made.stderr.strip()}") from None


def postfix_group() -> int:
    return grp.getgrnam(POSTFIX_USER).gr_gid


def alias(instance: Instance) -> Path:
    """The short name of a home whose own name is too long, or too odd, for sockets and Postfix's lists."""
    return Path("/run") / f"vaguemestre-{hashlib.sha256(bytes(instance.home)).hexdigest()[:12]}"


def needs_alias(instance: Instance) -> bool:
    return len(bytes(instance.home)) > _LONGEST_HOME or not _PLAIN_PATH.fullmatch(str(instance.home))


def seen_home(instance: Instance) -> Path:
    """The home as the engines' configurations name it."""
    return alias(instance) if needs_alias(instance) else instance.home


def seen(instance: Instance, path: Path) -> Path:
    """A path below the home, as the engines' configurations name it."""
    return seen_home(instance) / path.relative_to(instance.home)


def open_home(instance: Instance) -> None:
    """Let the engines' users walk to what is theirs, and no further. Raises EngineRefused.

    Makes the short name when one is needed: a symbolic link, since /run is root's and empty after a boot.
    """
    user = system_user()
    for folder in (instance.home, instance.engines_dir, instance.home / "run", instance.logs_dir):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(folder.stat().st_mode & 0o777 | 0o711)
    for parent in instance.home.parents:
        if not _may_walk(parent, user):
            raise EngineRefused(
                f"{parent} est fermé aux services de messagerie ({MAIL_USER}) : "
                f"choisissez un autre dossier avec --home, ou « chmod o+x {parent} »."
            )
    if needs_alias(instance):
        _link(alias(instance), instance.home)


def forget_alias(instance: Instance) -> None:
    """Remove the short name, once the engines have ended."""
    alias(instance).unlink(missing_ok=True)


def _may_walk(folder: Path, user: pwd.struct_passwd) -> bool:
    status = folder.stat()
    if status.st_uid == user.pw_uid:
        return bool(status.st_mode & 0o100)
    return bool(status.st_mode & (0o010 if status.st_gid == user.pw_gid else 0o001))


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def own(path: Path, user: int, group: int, mode: int) -> None:
    """Give a path its owner and mode."""
    os.chown(path, user, group)
    path.chmod(mode)
