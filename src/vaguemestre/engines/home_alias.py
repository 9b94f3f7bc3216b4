"""The home as the engines reach it: under a path in /run where its own is too long, or closed to them."""

import hashlib
import pwd
import re
import shutil
import subprocess
from pathlib import Path

from vaguemestre.engines.instance import Instance, Place
from vaguemestre.engines.system_users import MAIL_USER, system_user
from vaguemestre.foundation.kernel.errors import EngineRefused

# A socket's path holds 107 bytes at most (unix(7)); Dovecot's longest names below its base take 40.
_MAX_HOME_BYTES = 107 - len("/run/d") - 40
_ALIAS = re.compile(r"/run/vaguemestre-[0-9a-f]{12}", re.ASCII)
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/_.+-]+", re.ASCII)


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
    is_unfit = len(bytes(instance.home)) > _MAX_HOME_BYTES or not _PLAIN_PATH.fullmatch(str(instance.home))
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


def lmtp_socket(instance: Place) -> Path:
    """Socket where Dovecot takes deliveries."""
    return sockets(instance) / "lmtp"


def signer_socket(instance: Place) -> Path:
    """Socket of the DKIM signer, in a folder that only it and Postfix enter."""
    return sockets(instance) / "signer" / "milter"


def arrivals_socket(instance: Place) -> Path:
    """Socket of the milter that counts the parts of incoming messages."""
    return sockets(instance) / "arrivals" / "milter"


def filter_memory_socket(instance: Place) -> Path:
    """Socket of Valkey for the content filter, in a folder that only the two of them enter."""
    return sockets(instance) / "valkey" / "valkey"


def rspamd_control(name: str, instance: Place) -> Path:
    """Control socket of the filter (`rspamd`) or the signer, open to root and its own user."""
    return engine_path(instance, instance.engines_dir / name / "db" / "control")


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
