"""The instance as engines need it, and the paths and users they share.

`site.config.Config` satisfies `Instance` structurally: engines stand below the site and never import it.
"""

import grp
import hashlib
import hmac
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vaguemestre.engines.network_shapes import PortsShape, TlsShape
from vaguemestre.engines.outgoing_shape import OutgoingShape
from vaguemestre.foundation.kernel.errors import EngineRefused

USER_PREFIX = "vaguemestre-"
MAIL_USER = f"{USER_PREFIX}mail"
LOGS_GROUP = "vaguemestre-logs"  # reads what the engines and our processes log
SHARED_GROUP = "vaguemestre"  # opens the SQLite database and the data folder
FILES_GROUP = "vaguemestre-files"  # opens the files that the front sends, and the sockets of its pools
POSTFIX_USER = "postfix"
FILTER_USER = "_rspamd"
OUTSIDE = "outside@exterieur.test"
CREDENTIALS = "CREDENTIALS_DIRECTORY"  # a process's own copies of its secrets (systemd.exec(5))
DATABASE_SECRET = "database"  # noqa: S105 - its name there

# A socket's path holds 107 bytes at most (unix(7)); Dovecot's longest names below its base take 40.
_LONGEST_HOME = 107 - len("/run/d") - 40
_FILTER = Path("/usr/bin/rspamd")
_ALIAS = re.compile(r"/run/vaguemestre-[0-9a-f]{12}", re.ASCII)
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/_.+-]+", re.ASCII)


class AcademyShape(Protocol):
    @property
    def domain(self) -> str: ...
    @property
    def certificate(self) -> str: ...
    @property
    def key(self) -> str: ...


class MailShape(Protocol):
    @property
    def host(self) -> str: ...
    @property
    def message_size_limit(self) -> int: ...
    @property
    def quota_mb(self) -> int: ...
    @property
    def deleted_days(self) -> int: ...
    @property
    def full_text_search(self) -> bool: ...
    @property
    def file_search(self) -> bool: ...
    @property
    def forward_outside(self) -> bool: ...
    @property
    def rewrites_senders(self) -> bool: ...
    @property
    def postmaster(self) -> str: ...
    @property
    def content_filter(self) -> bool: ...
    @property
    def outgoing(self) -> OutgoingShape: ...


class DatabaseShape(Protocol):
    @property
    def engine(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def password_file(self) -> str: ...


class Place(Protocol):
    """Where an instance stands."""

    @property
    def home(self) -> Path: ...
    @property
    def engines_dir(self) -> Path: ...


@dataclass(frozen=True)
class Home:
    """The place of an instance whose configuration is not read."""

    home: Path

    @property
    def engines_dir(self) -> Path:
        return self.home / "engines"


class Instance(Place, Protocol):
    """One instance, as engines need it."""

    @property
    def port_base(self) -> int: ...
    @property
    def academy(self) -> AcademyShape: ...
    @property
    def academies(self) -> Sequence[AcademyShape]: ...
    @property
    def domains(self) -> tuple[str, ...]: ...
    @property
    def mail(self) -> MailShape: ...
    @property
    def tls(self) -> TlsShape: ...
    @property
    def listen_addresses(self) -> tuple[str, ...]: ...
    @property
    def has_usual_ports(self) -> bool: ...
    @property
    def database(self) -> DatabaseShape: ...
    @property
    def ports(self) -> PortsShape: ...
    @property
    def public_url(self) -> str: ...
    @property
    def secrets_dir(self) -> Path: ...
    @property
    def logs_dir(self) -> Path: ...
    @property
    def projection_path(self) -> Path: ...


@dataclass(frozen=True)
class DatabaseLogin:
    """The role of PostgreSQL that a process connects as."""

    user: str
    password: str


@dataclass(frozen=True)
class PostgresReader:
    """How the engines connect to PostgreSQL: a role that may only read their views."""

    host: str
    port: int
    name: str
    user: str
    password: str


def database_password(instance: Instance) -> str:
    """The password of the database's owner, or the one given to this process; empty when none is asked."""
    file = instance.database.password_file
    if not file:
        return ""
    given = os.environ.get(CREDENTIALS)
    path = Path(given) / DATABASE_SECRET if given else instance.home / file
    return path.read_text(encoding="utf-8").strip()


def database_role(instance: Instance, name: str) -> str:
    """The role of one system user of ours, by the end of its name: `web` of `vaguemestre-web`."""
    return f"{instance.database.user}_{name}"


def role_secret(instance: Instance, name: str) -> Path:
    """The file of that role's password."""
    return instance.secrets_dir / f"database_{name}"


def database_login(instance: Instance) -> DatabaseLogin:
    """The role of this process: its system user's where it was given secrets of its own, else the owner's."""
    password = database_password(instance)
    if not password or CREDENTIALS not in os.environ:
        return DatabaseLogin(instance.database.user, password)
    name = pwd.getpwuid(os.geteuid()).pw_name.removeprefix(USER_PREFIX)
    return DatabaseLogin(database_role(instance, name), password)


def postgres_reader(instance: Instance) -> PostgresReader:
    """How engines connect. Their role is shared by all instances of a server, so its password is derived."""
    database = instance.database
    secret = database_password(instance).encode() or bytes(instance.home)
    return PostgresReader(
        host=database.host or "/var/run/postgresql",
        port=database.port,
        name=database.name,
        user=f"{database.user}_engines",
        password=hmac.digest(secret, b"vaguemestre engines", "sha256").hex(),
    )


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
            f"l’utilisateur {name} ne peut pas être créé : {useradd.stderr.strip()}"
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
        raise EngineRefused(f"le groupe {name} ne peut pas être créé : {groupadd.stderr.strip()}") from None


def user_ids(names: Collection[str]) -> frozenset[int]:
    """The ids of those system users that this machine has."""
    return frozenset(entry.pw_uid for entry in pwd.getpwall() if entry.pw_name in names)


def postfix_group() -> int:
    return grp.getgrnam(POSTFIX_USER).gr_gid


def has_filter(instance: Instance) -> bool:
    """Whether incoming mail passes through a content filter: configured, and installed."""
    return instance.mail.content_filter and _FILTER.is_file()


def alias(instance: Place) -> Path:
    """A folder in /run that replaces a home whose path the engines cannot use.

    `home` in it is the home, `d` holds Dovecot's sockets. /run is root's, and empty after a boot. Our own
    processes are told the home by its path in there.
    """
    if _is_in_alias(instance.home):
        return instance.home.parent
    return Path("/run") / f"vaguemestre-{hashlib.sha256(bytes(instance.home)).hexdigest()[:12]}"


def _is_in_alias(home: Path) -> bool:
    return bool(home.name == "home" and _ALIAS.fullmatch(str(home.parent)))


def needs_alias(instance: Place) -> bool:
    """Whether the home's path is too long for sockets, unfit for Postfix's lists, or unreachable."""
    if _is_in_alias(instance.home):
        return True
    is_unfit = len(bytes(instance.home)) > _LONGEST_HOME or not _PLAIN_PATH.fullmatch(str(instance.home))
    return is_unfit or _closed_parent(instance) is not None


def engine_home(instance: Place) -> Path:
    """The home as it stands in the engines' configurations."""
    return alias(instance) / "home" if needs_alias(instance) else instance.home


def engine_path(instance: Place, path: Path) -> Path:
    """A path below the home, as it stands in the engines' configurations."""
    return engine_home(instance) / path.relative_to(instance.home)


def sockets(instance: Place) -> Path:
    """The folder of Dovecot's sockets. Dovecot resolves its real path, so a short link would not do."""
    return (alias(instance) if needs_alias(instance) else instance.home / "run") / "d"


def signer_socket(instance: Instance) -> Path:
    """Where Postfix hands over what leaves to be signed, in a folder that only the two of them enter."""
    return sockets(instance) / "signer" / "milter"


def open_home(instance: Instance) -> None:
    """Let the engines' users reach their own folders, and no others. Raises EngineRefused."""
    for folder in (instance.home, instance.engines_dir, instance.home / "run", instance.logs_dir):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(folder.stat().st_mode & 0o7777 | 0o711)
    if needs_alias(instance):
        alias(instance).mkdir(exist_ok=True)
        _make_alias(alias(instance) / "home", instance)
    sockets(instance).mkdir(parents=True, exist_ok=True)
    sockets(instance).chmod(0o755)


def mount_in_alias(instance: Place, folder: Path, name: str) -> Path:
    """A folder as every user reaches it, mounted in the alias under that name. Raises EngineRefused."""
    place = alias(instance) / name
    place.mkdir(parents=True, exist_ok=True)
    if not _is_mounted(place):
        _bind(
            folder, place, f"{folder} est fermé aux services : « chmod o+x » les dossiers qui le contiennent."
        )
    return place


def remove_alias(instance: Instance) -> None:
    """Remove the alias in /run, once the engines have ended."""
    folder = alias(instance)
    if not folder.is_dir():
        return
    home = folder / "home"
    _unmount_code(folder / "code")
    shutil.rmtree(folder / "d", ignore_errors=True)
    if _is_mounted(home):
        # lazily: a shell that stands in it must not keep the instance from ending
        subprocess.run(["umount", "--lazy", str(home)], capture_output=True, check=False)
    if home.is_symlink():
        home.unlink()
    elif home.is_dir() and not _is_mounted(home):
        home.rmdir()
    if not home.exists():
        folder.rmdir()


def _make_alias(home: Path, instance: Instance) -> None:
    """Link the home, which is enough for a long path; bind-mount it when it is behind a closed folder."""
    closed = _closed_parent(instance)
    if closed is None:
        if not (home.is_symlink() and home.readlink() == instance.home):
            home.unlink(missing_ok=True)
            home.symlink_to(instance.home)
        return
    if home.is_symlink():
        home.unlink()
    home.mkdir(exist_ok=True)
    if _is_mounted(home):
        return
    _bind(
        instance.home,
        home,
        f"{closed} est fermé aux services de messagerie ({MAIL_USER}) : "
        f"choisissez un autre dossier avec --home, ou « chmod o+x {closed} ».",
    )


def _bind(folder: Path, place: Path, sentence: str) -> None:
    mounted = subprocess.run(
        ["mount", "--bind", str(folder), str(place)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        place.rmdir()
        raise EngineRefused(sentence)


def _unmount_code(place: Path) -> None:
    if _is_mounted(place):
        subprocess.run(["umount", "--lazy", str(place)], capture_output=True, check=False)
    if place.is_dir() and not _is_mounted(place):
        place.rmdir()


def _is_mounted(folder: Path) -> bool:
    """Path.is_mount compares devices, and misses a folder mounted from the same one."""
    table = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    return str(folder) in {line.split()[4] for line in table.splitlines()}


def _closed_parent(instance: Place) -> Path | None:
    user = system_user()
    return next((parent for parent in instance.home.parents if not _may_traverse(parent, user)), None)


def _may_traverse(folder: Path, user: pwd.struct_passwd) -> bool:
    """Whether the mail user may traverse the folder, and Postfix's user, which shares no group with it."""
    status = folder.stat()
    return bool(status.st_mode & 0o001) and not (status.st_uid == user.pw_uid and not status.st_mode & 0o100)


def set_owner(path: Path, user: int, group: int, mode: int) -> None:
    """Give a path its owner and mode."""
    os.chown(path, user, group)
    path.chmod(mode)
