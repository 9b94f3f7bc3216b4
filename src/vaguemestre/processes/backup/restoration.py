"""Restore a whole generation into an empty home; the next start does the rest."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from vaguemestre.engines.backups.restic import Restic
from vaguemestre.engines.dovecot.mailbox_files import MailboxFiles
from vaguemestre.engines.home_alias import alias, engine_path, needs_alias, open_home, remove_alias
from vaguemestre.engines.system_users import system_user
from vaguemestre.processes.backup.database import LIVE, NotABackup, file_name, load_database
from vaguemestre.processes.backup.generations import (
    CONFIGURATION,
    KEYS,
    MANIFEST,
    SPOOL,
    STAGING,
    Generation,
    Manifest,
    Repositories,
)
from vaguemestre.processes.backup.restoration_marks import ENDED_ACCESS, RESTORED
from vaguemestre.processes.backup.room import check_room
from vaguemestre.processes.supervisor.run_folder import HomeUnusable
from vaguemestre.site.config import Config

HELD_SPOOL = "restored-spool"  # in the home: outgoing mail of that time, which may have left since
_MAIL = "mail"
_CLOCK_MARGIN = timedelta(minutes=1)  # file systems have coarse clocks

type Progress = Callable[[str], None]
"""Told the French name of each step as it begins."""


def restore_keys(config: Config, keys: Restic, at: datetime | None) -> None:
    """Restore the keys of the instance, with the password of the data: the last ones, or those of a moment.

    A home that has a configuration keeps it, with the password that opens its database: it may be another.
    Raises HomeUnusable if the home already holds an instance, NotABackup, EngineRefused.
    """
    if (config.home / _MAIL).exists() or (config.data_dir / LIVE).exists():
        raise HomeUnusable(
            f"{config.home} contient déjà une instance : choisissez un autre dossier (--home)."
        )
    snapshots = [snapshot for snapshot in keys.snapshots() if at is None or snapshot.made_at <= at]
    if not snapshots:
        raise NotABackup("ce dépôt ne contient pas de sauvegarde entière d’avant ce moment.")
    own = (CONFIGURATION, config.database.password_file) if (config.home / CONFIGURATION).exists() else ()
    kept = [f"/{name}" for name in own if name and (config.home / name).exists()]
    keys.restore(snapshots[-1].id, config.home, exclude=kept)


def check_has_no_keys(config: Config) -> None:
    """Raises HomeUnusable if the home already has keys: those of a machine are never mixed with others."""
    brought = config.home / config.backup.keys_password_file
    for name in KEYS:
        found = (path for path in (config.home / name).rglob("*") if path.is_file() and path != brought)
        if first := next(found, None):
            raise HomeUnusable(f"{first} est déjà là : mettez de côté les clés que cette machine a déjà.")


def restore_data(
    config: Config, stores: Repositories, generation: Generation, progress: Progress
) -> Manifest:
    """Restore mail, files and database. Raises NotABackup, NoRoom, EngineRefused, OSError."""
    check_room(stores.data, generation.data.id, config.home)
    stores.data.restore(generation.data.id, config.home)
    _restore_endings(config, stores)
    staging = config.home / STAGING
    manifest = manifest_in(staging)
    if manifest.engine != config.database.engine:
        raise NotABackup(f"cette sauvegarde est celle d’une base {manifest.engine}.")
    progress("base de données")
    load_database(config, staging / file_name(config))
    (staging / file_name(config)).unlink()
    _hold_spool(config)
    give_to_mail_user(config.home / _MAIL)
    progress("index des boîtes qui changeaient pendant la copie")
    copies = mailbox_files(config, config.home / _MAIL, staging)
    for mailbox in changed_meanwhile(copies, datetime.fromisoformat(manifest.made_at)):
        copies.resync(mailbox)
    (config.data_dir / RESTORED).touch()
    return manifest


def _restore_endings(config: Config, stores: Repositories) -> None:
    """Restore the acts that ended an access as the newest generation has them, whichever is restored."""
    newest = stores.data.snapshots()[-1]
    shutil.rmtree(config.data_dir / ENDED_ACCESS, ignore_errors=True)
    stores.data.restore(newest.id, config.home, include=(f"/data/{ENDED_ACCESS}",))


def mailbox_files(config: Config, mail: Path, scratch: Path) -> MailboxFiles:
    """The mailboxes of a folder of the home, by a path that the mail user can reach."""
    return MailboxFiles(engine_path(config, mail), engine_path(config, scratch))


@contextmanager
def reachable_home(config: Config) -> Iterator[None]:
    """Context in which the mail user can reach the home, whether the instance runs or not."""
    is_new = not alias(config).exists()
    open_home(config)
    try:
        yield
    finally:
        if is_new and needs_alias(config):
            remove_alias(config)


def manifest_in(staging: Path) -> Manifest:
    """The manifest in the staging folder. Raises NotABackup if it is missing or incomplete."""
    try:
        return Manifest(**json.loads((staging / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise NotABackup("cette sauvegarde n’est pas entière : son manifeste manque.") from error


def changed_meanwhile(copies: MailboxFiles, made_at: datetime) -> Iterator[str]:
    """Copied mailboxes that changed during the copy, whose indexes may be older than their files."""
    since = (made_at - _CLOCK_MARGIN).timestamp()
    for mailbox in copies.mailboxes():
        logs = copies.home(mailbox).glob("*/mailboxes/**/dovecot.index.log")
        if any(log.stat().st_mtime >= since for log in logs):
            yield mailbox


def _hold_spool(config: Config) -> None:
    spool = config.home / SPOOL
    if spool.exists():
        shutil.move(spool, config.home / HELD_SPOOL)


def give_to_mail_user(mail: Path) -> None:
    """Give restored mail to this machine's mail user, whose uid may differ. Raises NotABackup for a link.

    Whoever writes the mail writes what is restored by root: a link there leads to somebody else's files.
    """
    if mail.is_symlink():
        raise NotABackup(f"{mail.name} n’est pas un dossier dans cette sauvegarde.")
    user = system_user()
    for folder, inside, names in os.walk(mail):
        for name in (*inside, *names):
            os.chown(Path(folder) / name, user.pw_uid, user.pw_gid, follow_symlinks=False)
    if mail.exists():
        os.chown(mail, user.pw_uid, user.pw_gid, follow_symlinks=False)
