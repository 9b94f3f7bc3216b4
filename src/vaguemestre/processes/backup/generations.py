"""Generations: the database as of one moment, then keys, then files and mail, in two restic repositories.

Each repository has its own password. That of the data is stored in the repository of the keys, so that the
password of the keys and both repositories are enough to restore everything (ADR 0039).
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

from vaguemestre.engines.backups.restic import Restic, Snapshot
from vaguemestre.processes.backup.database import LIVE, NotABackup, dump_database, file_name
from vaguemestre.processes.supervisor.run_folder import write_whole
from vaguemestre.site.config import Config
from vaguemestre.site.config.backup import LAST_BACKUP

STAGING = "backup"  # in the home, root's: the copy of the database while restic reads it
MANIFEST = "manifest.json"
KEYS = ("secrets", "cluster", "engines/tls", "engines/dkim")
SPOOL = "engines/postfix/spool"
_QUEUES = tuple(f"{SPOOL}/{queue}" for queue in ("incoming", "active", "deferred", "hold", "maildrop"))
DATA = ("mail", "data", *_QUEUES, "engines/rspamd/db", "engines/rspamd/lists", "engines/valkey/db", STAGING)
CONFIGURATION = "vaguemestre.toml"
# The next start makes these again; the live database is replaced by its copy.
_EXCLUDED = (
    f"data/{LIVE}*", "data/feed.lock", "data/imports.lock", "data/reports.lock", "data/moves",
    "data/restored", "data/test.sqlite3*",
    "mail/*/*/virtual-index",
    "mail/**/fts-flatcurve",
    "engines/rspamd/db/*.hs*", "engines/valkey/db/temp-*",
    f"{STAGING}/cache", f"{STAGING}/lock", f"{STAGING}/restored-*",
)  # fmt: skip
_KEEP_ALL_FOR = timedelta(days=2)


@dataclass(frozen=True)
class Manifest:
    """What a generation holds. `made_at` (ISO 8601): when the database was copied and the mail copy began."""

    made_at: str
    domain: str
    engine: str


class Repositories(NamedTuple):
    """The two repositories of an instance."""

    data: Restic
    keys: Restic


class Generation(NamedTuple):
    """A snapshot of each repository, made together."""

    tag: str
    made_at: datetime
    data: Snapshot
    keys: Snapshot


class BackupReport(NamedTuple):
    """The result of a backup: files examined, and octets added to both repositories."""

    made_at: datetime
    files: int
    added_bytes: int


def repositories(config: Config, place: str = "") -> Repositories:
    """The repositories of the configuration, or those at `place`. Raises NotABackup if there are none."""
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


def back_up(config: Config, stores: Repositories, *, now: datetime) -> BackupReport:
    """Write one generation. Raises NotABackup, EngineDown, EngineRefused, OSError.

    Keys, mail and files are copied after the database, so that they are never older than what it refers to.
    """
    with _exclusive_staging(config) as staging:
        made_at = now.astimezone(UTC)
        tag = made_at.strftime("%Y%m%dT%H%M%S.%fZ")
        dump_database(config, staging)
        manifest = Manifest(made_at.isoformat(), config.academy.domain, config.database.engine)
        (staging / MANIFEST).write_text(json.dumps(asdict(manifest)), encoding="utf-8")
        _make_passwords(stores)
        for store in stores:
            store.create_if_missing()
        keys = stores.keys.back_up(
            config.home,
            _existing_paths(config, (*KEYS, CONFIGURATION, config.database.password_file)),
            tag=tag,
            exclude=(config.backup.keys_password_file,),
        )
        data = stores.data.back_up(config.home, _existing_paths(config, DATA), tag=tag, exclude=_EXCLUDED)
        (staging / file_name(config)).unlink()
        report = BackupReport(made_at, data.files + keys.files, data.added_bytes + keys.added_bytes)
        note = {**asdict(manifest), "files": report.files, "added_bytes": report.added_bytes}
        write_whole(config.home / LAST_BACKUP, note)
        return report


def prune(config: Config, stores: Repositories) -> None:
    """Remove the generations that need not be kept. Raises NotABackup, EngineDown, EngineRefused.

    No generation is made meanwhile. Those made stay, whatever happens here.
    """
    backup = config.backup
    recent = int(_KEEP_ALL_FOR / timedelta(minutes=backup.interval_minutes))
    with _exclusive_staging(config):
        for store in stores:
            store.unlock()
            store.forget(keep_last=recent, keep_days=backup.keep_days, keep_months=backup.keep_months)
            store.prune()


def generations(stores: Repositories) -> list[Generation]:
    """The complete generations (in both repositories), oldest first."""
    keys = {snapshot.tag: snapshot for snapshot in stores.keys.snapshots()}
    return [
        Generation(data.tag, data.made_at, data, keys[data.tag])
        for data in stores.data.snapshots()
        if data.tag in keys
    ]


def generation_at(stores: Repositories, at: datetime | None) -> Generation:
    """The last generation, or the last one made by that moment. Raises NotABackup."""
    candidates = [generation for generation in generations(stores) if at is None or generation.made_at <= at]
    if not candidates:
        raise NotABackup("aucune sauvegarde entière n’a été faite avant ce moment.")
    return candidates[-1]


@contextmanager
def scratch_folder(config: Config) -> Iterator[Path]:
    """A temporary folder on the file system of the home."""
    top = config.home / STAGING
    top.mkdir(mode=0o700, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="restored-", dir=top))
    folder.chmod(0o711)  # doveadm reads the copies as the mail user
    top.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _existing_paths(config: Config, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names that exist in the home. Files the configuration puts elsewhere are not ours to back up."""
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
    """Environment variables for restic (AWS_ACCESS_KEY_ID…), from the credentials file. Raises OSError."""
    if not config.backup.credentials_file:
        return {}
    text = (config.home / config.backup.credentials_file).read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


@contextmanager
def _exclusive_staging(config: Config) -> Iterator[Path]:
    """The staging folder, locked. Raises NotABackup if another backup is running."""
    staging = config.home / STAGING
    staging.mkdir(mode=0o711, exist_ok=True)
    with (staging / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotABackup("une autre sauvegarde est en cours.") from None
        yield staging
