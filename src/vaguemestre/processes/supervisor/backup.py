"""A copy of everything an instance could not make again, taken while it runs, and put back elsewhere.

The database first, as of one moment; then secrets, certificates and mail, which are never behind it. A
message's file never changes, only its name does (flags): a second look catches those renamed under the first.
Copies that are there already are left alone, so that the same folder serves every night, and a run that was
interrupted goes on where it was. `manifest.json` is written last: without it, it is no whole backup.
"""

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from vaguemestre.engines.instance import database_password, system_user
from vaguemestre.processes.supervisor.place import HomeUnusable
from vaguemestre.site.config import Config

MANIFEST = "manifest.json"
RESTORED = "restored"  # in the data folder: the next start has something to look at
_DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
_LIVE = "vaguemestre.sqlite3"
_NO_RIGHTS = "--no-privileges"  # a new server has none of their roles; each start grants them
_MAIL = "mail"
_TREES = ("secrets", "engines/tls", "engines/dkim", "data", _MAIL)
# what the next start makes again, or what the copy of the database stands for
_MADE_AGAIN = frozenset({
    _LIVE, f"{_LIVE}-wal", f"{_LIVE}-shm", "feed.lock", "moves", RESTORED, "test.sqlite3",
})  # fmt: skip
_MOST_LOOKS = 4

type Tell = Callable[[str, int], None]  # what is being copied, how many files so far


@dataclass(frozen=True)
class Manifest:
    """What a backup is. `files` counts all but the database."""

    made_at: str
    domain: str
    engine: str
    database_sha256: str
    files: int


class NotABackup(Exception):
    """The folder holds no whole backup; the message is one clear sentence."""


def back_up(config: Config, target: Path, *, now: datetime, tell: Tell) -> Manifest:
    """Copy the instance into `target`, which may hold an earlier backup of it. Raises OSError, NotABackup."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.chmod(0o700)  # every secret of the instance
    (target / MANIFEST).unlink(missing_ok=True)
    tell("base de données", 0)
    database = target / _DATABASE[config.database.engine]
    _dump(config, database)
    count = 0
    for tree in _TREES:
        count += _mirrored(config.home / tree, target / tree, partial(_report, tell, tree, count))
    for name in filter(None, ("vaguemestre.toml", config.database.password_file)):
        if (config.home / name).is_file():
            _copy(config.home / name, target / name)
            count += 1
    manifest = Manifest(
        now.isoformat(timespec="seconds"),
        config.academy.domain,
        config.database.engine,
        _sha256(database),
        count,
    )
    _write(target / MANIFEST, json.dumps(asdict(manifest), indent=1))
    return manifest


def manifest_of(source: Path) -> Manifest:
    """Raises NotABackup when it is not whole, or not what it was."""
    try:
        manifest = Manifest(**json.loads((source / MANIFEST).read_text(encoding="utf-8")))
        database = source / _DATABASE[manifest.engine]
        whole = _sha256(database) == manifest.database_sha256
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise NotABackup(f"{source} ne contient pas de sauvegarde entière.") from error
    if not whole:
        raise NotABackup(f"la base sauvegardée dans {source} a été modifiée ou abîmée.")
    return manifest


def restore(config: Config, source: Path, *, tell: Tell) -> Manifest:
    """Put a backup back into an empty home; the next `bin/up` does the rest.

    Raises NotABackup, HomeUnusable when the home or its database holds something already, OSError.
    """
    manifest = manifest_of(source)
    if manifest.engine != config.database.engine:
        raise NotABackup(f"cette sauvegarde est celle d’une base {manifest.engine}.")
    if (config.home / _MAIL).exists() or (config.data_dir / _LIVE).exists():
        raise HomeUnusable(
            f"{config.home} contient déjà une instance : choisissez un autre dossier (--home)."
        )
    count = 0
    for tree in _TREES:
        count += _mirrored(source / tree, config.home / tree, partial(_report, tell, tree, count))
    for name in filter(None, ("vaguemestre.toml", config.database.password_file)):
        if (source / name).is_file():
            _copy(source / name, config.home / name)
    _give_mail(config.home / _MAIL)
    tell("base de données", count)
    config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    _load(config, source / _DATABASE[manifest.engine])
    (config.data_dir / RESTORED).touch()
    return manifest


def _report(tell: Tell, tree: str, before: int, count: int) -> None:
    tell(tree, before + count)


def dump_database(config: Config, folder: Path) -> Path:
    """A copy of the database alone, as of one moment, in that folder. Raises NotABackup, OSError."""
    target = folder / _DATABASE[config.database.engine]
    _dump(config, target)
    target.chmod(0o600)
    return target


def _dump(config: Config, target: Path) -> None:
    fresh = target.with_name(f"{target.name}.part")
    fresh.unlink(missing_ok=True)
    if config.database.engine == "sqlite":
        live = config.data_dir / _LIVE
        if not live.is_file():
            raise NotABackup(f"{config.home} ne contient pas d’instance.")
        with (
            closing(sqlite3.connect(f"file:{live}?mode=ro", uri=True)) as from_,
            closing(sqlite3.connect(fresh)) as to,
        ):
            from_.backup(to)
    else:
        _postgres(
            config,
            "pg_dump",
            "--format=custom",
            _NO_RIGHTS,
            f"--file={fresh}",
            f"--dbname={config.database.name}",
        )
    fresh.replace(target)


def _load(config: Config, source: Path) -> None:
    if config.database.engine == "sqlite":
        _copy(source, config.data_dir / _LIVE)
    else:
        _postgres(
            config,
            "pg_restore",
            "--exit-on-error",
            "--no-owner",
            _NO_RIGHTS,
            f"--dbname={config.database.name}",
            str(source),
        )


def _postgres(config: Config, *command: str) -> None:
    database = config.database
    place = {"PGHOST": database.host, "PGPORT": str(database.port), "PGUSER": database.user}
    done = subprocess.run(
        command,
        env={**os.environ, **place, "PGPASSWORD": database_password(config)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise NotABackup(
            f"{command[0]} a échoué : {done.stderr.strip().splitlines()[-1:] or done.returncode}"
        )


def _mirrored(source: Path, target: Path, tell: Callable[[int], None]) -> int:
    """Make `target` hold the files of `source`; how many they are."""
    for _ in range(_MOST_LOOKS):
        copied, is_still = _looked(source, target, tell)
        if is_still:
            break
    for path in sorted(_files(target), reverse=True):
        if path not in copied:
            (target / path).unlink()
    return len(copied)


def _looked(source: Path, target: Path, tell: Callable[[int], None]) -> tuple[set[Path], bool]:
    """Copy changed files once. Returns the paths copied and whether the source stayed the same meanwhile."""
    copied: set[Path] = set()
    is_still = True
    for path in _files(source):
        try:
            _copy(source / path, target / path)
        except FileNotFoundError:
            is_still = False
            continue
        copied.add(path)
        if len(copied) % 200 == 0:
            tell(len(copied))
    tell(len(copied))
    return copied, is_still and copied == set(_files(source))


def _files(top: Path) -> Iterator[Path]:
    """Regular files below, relative to it. A folder that goes while it is read is passed over."""
    for folder, inside, names in os.walk(top):
        here = Path(folder).relative_to(top)
        if here == Path():
            inside[:] = [name for name in inside if name not in _MADE_AGAIN]
            names = [name for name in names if name not in _MADE_AGAIN]
        for name in names:
            if not (top / here / name).is_symlink() and (top / here / name).is_file():
                yield here / name


def _copy(source: Path, target: Path) -> None:
    """A copy with its dates, owner and mode, whole or not at all; the same file again is left alone."""
    status = source.stat()
    with contextlib.suppress(FileNotFoundError):
        there = target.stat()
        if (there.st_size, there.st_mtime_ns) == (status.st_size, status.st_mtime_ns):
            return
    _make_folder(target.parent, source.parent)
    beside = target.with_name(f".{target.name}.part"[-250:])
    shutil.copyfile(source, beside)
    shutil.copystat(source, beside)
    os.chown(beside, status.st_uid, status.st_gid)
    beside.replace(target)


def _make_folder(folder: Path, like: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent, like.parent)
    status = like.stat()
    folder.mkdir()
    folder.chmod(status.st_mode & 0o7777)
    os.chown(folder, status.st_uid, status.st_gid)


def _give_mail(mail: Path) -> None:
    """Give restored mail to this machine's mail user, whose uid may differ."""
    user = system_user()
    for folder, inside, names in os.walk(mail):
        for name in (*inside, *names):
            os.chown(Path(folder) / name, user.pw_uid, user.pw_gid, follow_symlinks=False)
    if mail.exists():
        os.chown(mail, user.pw_uid, user.pw_gid)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(f"{path.name}.part")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
