"""One generation: the database as of one moment, then keys, then files and mail, into two repositories.

The data are encrypted by one password, the keys of the instance by another, in a repository of its own; the
password of the data is among the keys. Who holds the second password and both repositories has everything.
"""

import fcntl
import json
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from vaguemestre.engines.restic import Restic, Snapshot
from vaguemestre.processes.backup.database import LIVE, NotABackup, dump_database, file_name
from vaguemestre.processes.supervisor.place import write_whole
from vaguemestre.site.config import Config
from vaguemestre.site.config.backup import LAST_BACKUP

STAGING = "backup"  # in the home: the copy of the database while it is read; root's
MANIFEST = "manifest.json"
KEYS = ("secrets", "engines/tls", "engines/dkim")
SPOOL = "engines/postfix/spool"
_QUEUES = tuple(f"{SPOOL}/{queue}" for queue in ("incoming", "active", "deferred", "hold", "maildrop"))
DATA = ("mail", "data", *_QUEUES, "engines/rspamd/db", STAGING)
_CONFIGURATION = "vaguemestre.toml"
# what the next start makes again, or what the copy of the database stands for
_MADE_AGAIN = (
    f"data/{LIVE}*", "data/feed.lock", "data/moves", "data/restored", "data/test.sqlite3*",
    "mail/*/*/virtual-index",
    "mail/**/fts-flatcurve",
    "engines/rspamd/db/*.hs*", f"{STAGING}/cache", f"{STAGING}/lock", f"{STAGING}/restored-*",
)  # fmt: skip
_EACH_OF_TWO_DAYS = timedelta(days=2)
_PRUNED = "pruned"  # in the staging folder: its date says when old generations went


@dataclass(frozen=True)
class Manifest:
    """What a generation is. `made_at`: when the database was copied, and mail began to be."""

    made_at: str
    domain: str
    engine: str


class Repositories(NamedTuple):
    """Where generations go."""

    data: Restic
    keys: Restic


class Generation(NamedTuple):
    """A snapshot of each repository, made together."""

    tag: str
    made_at: datetime
    data: Snapshot
    keys: Snapshot


class Report(NamedTuple):
    """What a backup did: when, files looked at, octets added to the repositories."""

    made_at: datetime
    files: int
    added_bytes: int


def repositories(config: Config, place: str = "") -> Repositories:
    """The repositories of the configuration, or those of `place`. Raises NotABackup without any."""
    backup = config.backup
    data = place or backup.repository
    if not data:
        raise NotABackup(
            "aucun dépôt n’est connu : donnez un dossier, ou écrivez [backup] « repository » dans la "
            "configuration."
        )
    keys = f"{place.rstrip('/')}-keys" if place else backup.place_of_keys
    cache, environment = config.home / STAGING / "cache", _credentials(config)
    return Repositories(
        Restic(data, config.home / backup.password_file, cache, environment),
        Restic(keys, config.home / backup.keys_password_file, cache, environment),
    )


def back_up(config: Config, stores: Repositories, *, now: datetime) -> Report:
    """Write one generation. Raises NotABackup, EngineDown, EngineRefused, OSError.

    Mail and files are copied after the database, and keys between: they are never behind what it knows.
    """
    with _alone(config) as staging:
        made_at = now.astimezone(UTC)
        tag = made_at.strftime("%Y%m%dT%H%M%S.%fZ")
        dump_database(config, staging)
        manifest = Manifest(made_at.isoformat(), config.academy.domain, config.database.engine)
        (staging / MANIFEST).write_text(json.dumps(asdict(manifest)), encoding="utf-8")
        _make_passwords(stores)
        for store in stores:
            store.open()
        keys = stores.keys.back_up(
            config.home,
            _present(config, (*KEYS, _CONFIGURATION, config.database.password_file)),
            tag=tag,
            exclude=(config.backup.keys_password_file,),
        )
        data = stores.data.back_up(config.home, _present(config, DATA), tag=tag, exclude=_MADE_AGAIN)
        (staging / file_name(config)).unlink()
        _prune(config, stores, staging, now)
        report = Report(made_at, data.files + keys.files, data.added_bytes + keys.added_bytes)
        note = {**asdict(manifest), "files": report.files, "added_bytes": report.added_bytes}
        write_whole(config.home / LAST_BACKUP, note)
        return report


def generations(stores: Repositories) -> list[Generation]:
    """The whole generations, oldest first: those that both repositories hold."""
    keys = {snapshot.tag: snapshot for snapshot in stores.keys.snapshots()}
    return [
        Generation(data.tag, data.made_at, data, keys[data.tag])
        for data in stores.data.snapshots()
        if data.tag in keys
    ]


def generation_at(stores: Repositories, at: datetime | None) -> Generation:
    """The last generation, or the last before that moment. Raises NotABackup."""
    made = [each for each in generations(stores) if at is None or each.made_at <= at]
    if not made:
        raise NotABackup("aucune sauvegarde entière n’a été faite avant ce moment.")
    return made[-1]


@contextmanager
def scratch_folder(config: Config) -> Iterator[Path]:
    """A folder of the home's own file system, removed afterwards."""
    top = config.home / STAGING
    top.mkdir(mode=0o700, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="restored-", dir=top))
    folder.chmod(0o711)  # doveadm reads copies of mailboxes as the mail's own user
    top.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _present(config: Config, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those that are in the home: a file named elsewhere by the configuration is somebody else's to keep."""
    return tuple(
        name for name in names if name and not name.startswith("/") and (config.home / name).exists()
    )


def _make_passwords(stores: Repositories) -> None:
    for store in stores:
        if not store.password_file.exists():
            store.password_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            store.password_file.touch(mode=0o600)
            store.password_file.write_text(f"{secrets.token_urlsafe(32)}\n", encoding="ascii")


def _credentials(config: Config) -> dict[str, str]:
    """What restic reads from its environment (AWS_ACCESS_KEY_ID…). Raises OSError."""
    if not config.backup.credentials_file:
        return {}
    text = (config.home / config.backup.credentials_file).read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _prune(config: Config, stores: Repositories, staging: Path, now: datetime) -> None:
    """Once a day: generations beyond those to keep."""
    mark = staging / _PRUNED
    if mark.exists() and now.timestamp() - mark.stat().st_mtime < timedelta(days=1).total_seconds():
        return
    backup = config.backup
    recent = int(_EACH_OF_TWO_DAYS / timedelta(minutes=backup.interval_minutes))
    for store in stores:
        store.unlock()
        store.forget(keep_last=recent, keep_days=backup.keep_days, keep_months=backup.keep_months)
    mark.touch()


@contextmanager
def _alone(config: Config) -> Iterator[Path]:
    """The staging folder, for one backup at a time. Raises NotABackup when another runs."""
    staging = config.home / STAGING
    staging.mkdir(mode=0o711, exist_ok=True)
    with (staging / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotABackup("une autre sauvegarde est en cours.") from None
        yield staging
