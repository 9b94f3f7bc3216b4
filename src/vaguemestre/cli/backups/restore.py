"""`vaguemestre restore`: everything on a bare machine, or a mailbox, a folder, a message; or a drill."""

import importlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from vaguemestre.cli.failures import Failed
from vaguemestre.foundation.kernel.text.french_dates import dated_moment_fr
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr
from vaguemestre.foundation.kernel.text.sizes import in_words
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.processes.backup.database import NotABackup
from vaguemestre.processes.backup.drill import DrillReport, run_drill
from vaguemestre.processes.backup.generations import Repositories, generation_at, repositories, scratch_folder
from vaguemestre.processes.backup.mailbox_restoration import Selection, restore_messages
from vaguemestre.processes.backup.restoration import (
    check_has_no_keys,
    reachable_home,
    restore_data,
    restore_keys,
)
from vaguemestre.processes.backup.room import NoRoom
from vaguemestre.processes.production.machine.commands import StepFailed
from vaguemestre.processes.production.machine.wal_archive import return_database
from vaguemestre.processes.production.units.unit_states import is_under_systemd
from vaguemestre.processes.supervisor import run_folder as home
from vaguemestre.site.config import Config, load
from vaguemestre.site.config.backup import LAST_DRILL

_SHOWN_DIFFERENCES = 20


def command(
    place: Annotated[str, typer.Argument(help="Dépôt ; à défaut, celui de la configuration.")] = "",
    account: Annotated[str, typer.Option(help="Identifiant dont la boîte retrouve ce qui lui manque.")] = "",
    folder: Annotated[str, typer.Option(help="Un seul de ses dossiers (INBOX, Archive…).")] = "",
    message: Annotated[str, typer.Option(help="Un seul courriel, par son Message-ID.")] = "",
    at: Annotated[str, typer.Option(help="Dernière sauvegarde avant ce moment (AAAA-MM-JJ HH:MM).")] = "",
    keys_password: Annotated[
        Path | None, typer.Option(help="Fichier du mot de passe des secrets, sur une machine nue.")
    ] = None,
    keys: Annotated[
        bool, typer.Option("--keys", help="Les clés seules, sur la première de plusieurs machines.")
    ] = False,
    database: Annotated[
        bool, typer.Option("--database", help="Ramène PostgreSQL à l’instant --at, par son archive.")
    ] = False,
    drill: Annotated[
        bool, typer.Option("--drill", help="Exercice : sauvegarde, restaure à côté, compare.")
    ] = False,
) -> None:
    """Restaure tout dans un dossier d’instance vide, ou une boîte, un dossier, un courriel ; ou s’exerce."""
    if (folder or message) and not account:
        raise Failed("dites de quelle boîte : --account.", 2)
    with _failures(place):
        config = load()
        moment = _moment(at)
        if database:
            _return_database(config, moment)
            return
        home.open_home(config)
        with reachable_home(config):
            if drill:
                _drill(config, place)
            elif keys:
                _restore_keys(config, place, moment, keys_password)
            elif account:
                _restore_mailbox(config, place, account, Selection("", folder, message), moment)
            else:
                _restore_all(config, place, moment, keys_password)


@contextmanager
def _failures(place: str) -> Iterator[None]:
    """Turn the errors of a restoration into sentences, each with its exit code."""
    try:
        yield
    except StepFailed as error:
        raise Failed(str(error), 69) from error
    except home.AlreadyRunning as error:
        raise Failed(str(error), 75) from error
    except home.HomeUnusable as error:
        raise Failed(str(error), 73) from error
    except (NotABackup, NoRoom) as error:
        raise Failed(str(error), 1) from error
    except OSError as error:
        raise Failed(f"{error.filename or place} : {os_error_fr(error)}.", 1) from error


def _return_database(config: Config, at: datetime | None) -> None:
    return_database(config, at)
    typer.echo(f"PostgreSQL est revenu {f'au {at.isoformat()}' if at else 'au dernier moment archivé'}.")


def _restore_keys(config: Config, place: str, at: datetime | None, keys_password: Path | None) -> None:
    """Restore the keys alone, of the first of several machines: the others still serve mail and database."""
    check_has_no_keys(config)
    stores = _stores(config, place, keys_password)
    restore_keys(config, stores.keys, at)
    typer.echo(f"Clés revenues dans {config.home}. Relancez bin/install : il n’en fera pas d’autres.")


def _stores(config: Config, place: str, keys_password: Path | None) -> Repositories:
    """The repositories, with the password of the keys put where it is looked for."""
    home.take(config)
    stores = repositories(config, place)
    if keys_password is not None:
        stores.keys.password_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(keys_password, stores.keys.password_file)
        stores.keys.password_file.chmod(0o600)
    if not stores.keys.password_file.is_file():
        raise Failed("donnez le mot de passe des secrets : --keys-password FICHIER.", 2)
    return stores


def _restore_all(config: Config, place: str, at: datetime | None, keys_password: Path | None) -> None:
    stores = _stores(config, place, keys_password)
    typer.echo("Secrets…", err=True)
    restore_keys(config, stores.keys, at)
    generation = generation_at(stores, at)
    typer.echo("Courriels et fichiers…", err=True)
    manifest = restore_data(load(), stores, generation, lambda step: typer.echo(f"{step}…", err=True))
    made_at = datetime.fromisoformat(manifest.made_at).astimezone()
    start = "systemctl start vaguemestre.target" if is_under_systemd(config) else "bin/up"
    typer.echo(f"Restauré : l’état du {dated_moment_fr(made_at)}. Démarrez : {start}.")


def _restore_mailbox(
    config: Config, place: str, account: str, selection: Selection, at: datetime | None
) -> None:
    restored = _restored_mailbox()
    owner = restored.find_owner(account)
    selection = selection._replace(mailbox=owner.mailbox, removed=owner.removed)
    stores = repositories(config, place)
    generation = generation_at(stores, at)
    with scratch_folder(config) as scratch:
        count = restore_messages(config, stores, generation, selection, scratch)
    restored.record_restored(owner, selection, count, generation.made_at)
    typer.echo(
        f"{counted(count, 'courriel remis à sa place', 'courriels remis à leur place')}, dans l’état du "
        f"{dated_moment_fr(generation.made_at)}."
        if count
        else "Rien ne manquait."
    )


def _restored_mailbox() -> ModuleType:
    """The part that needs the database, loaded with Django: a bare machine has neither."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.site.settings")
    importlib.import_module("django").setup()
    return importlib.import_module("vaguemestre.cli.backups.restored_mailbox")


def _drill(config: Config, place: str) -> None:
    stores = repositories(config, place)
    with scratch_folder(config) as scratch:
        report = run_drill(config, stores, scratch, lambda step: typer.echo(f"{step}…", err=True))
    lines = _lines(report)
    home.write_whole(config.home / LAST_DRILL, {"words": " ".join(lines)})
    for line in lines:
        typer.echo(line)
    if report.differences:
        raise Failed(f"l’exercice a trouvé {counted(len(report.differences), 'différence')}.", 1)


def _lines(report: DrillReport) -> list[str]:
    return [
        *report.differences[:_SHOWN_DIFFERENCES],
        f"{counted(report.mailboxes, 'boîte')}, {counted(report.messages, 'message')} et "
        f"{counted(report.tables, 'table')} comparés.",
        f"Sauvegarde : {report.backup_seconds:.1f} s. Relecture des dépôts : {report.check_seconds:.1f} s. "
        f"Restauration de {in_words(report.restored_bytes)} : {report.restore_seconds:.1f} s.",
    ]


def _moment(text: str) -> datetime | None:
    """The moment typed, in the time zone of the machine unless it names one. Raises Failed."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise Failed("écrivez le moment ainsi : 2026-11-28 14:30.", 2) from None
