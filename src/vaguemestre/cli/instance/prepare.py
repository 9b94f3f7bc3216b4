"""The long part of a start, in one process: tables, people, engines matched, the demonstration's mail.

Says how far it is on standard output, one JSON object a line: `step` (a sentence), `done` (`tables`, then
`usable`: the mail that is read first is there, the rest of the demonstration follows), once the people are
there `accounts` and, once in an instance's life, `administrator` (a link). Before the demonstration's mail it
reads one line on standard input: the engines answer.
"""

import json
import sys
from typing import Annotated

import typer
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from vaguemestre.cli.instance.machine_keys import check_keys
from vaguemestre.demo import services as demo
from vaguemestre.desks.firstday.services import begin_first_day
from vaguemestre.foundation.cluster.locks import turn
from vaguemestre.people.credentials.queries import has_accounts
from vaguemestre.people.credentials.services import add_activation_link, open_account
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.people.directory.services import found_academy, take_technical_names
from vaguemestre.people.provisioning.ports import mail_directory
from vaguemestre.people.provisioning.services import reconcile
from vaguemestre.processes import database_rights
from vaguemestre.processes.backup.restoration_marks import RESTORED
from vaguemestre.processes.restored_state import ACTS_TO_REDO, restored_sentences, settle_restored
from vaguemestre.site import schema
from vaguemestre.site.config import Config
from vaguemestre.site.database import migrated

_FIRST = "administrateur"


def command(
    no_demo: Annotated[bool, typer.Option("--no-demo", help="Sans démonstration.")] = False,
) -> None:
    """Migrate the database, create people, reconcile the engines."""
    config: Config = settings.CONFIG
    _make_tables(config)
    check_keys(config)
    administrator = ""
    if no_demo and not has_accounts():
        administrator = _first_administrator(config)
    _create_further_academies(config)
    with_demonstration = not no_demo and demo.is_wanted(config)
    if with_demonstration:
        _say(step="Académie de démonstration : personnes et comptes.")
        demo.people(config, _Progress())
    demo.intranet(config)
    demo.classes(config)
    _look_at_restored(config)
    report = reconcile(mail_directory.get(), now=timezone.now())
    if report.put or report.dropped:
        _say(step="Boîtes déclarées à la messagerie.")
    _say(accounts=demo.accounts(config), administrator=administrator)
    if with_demonstration:
        sys.stdin.readline()  # the engines answer from here on
        _say(step="Académie de démonstration : courriels.")
        demo.first_mail(config, _Progress())
        _say(done="usable")
        demo.mail(config, _Progress())


def _make_tables(config: Config) -> None:
    if not migrated.is_current(config):
        _say(step="Base de données : tables.")
        if config.database.engine == "sqlite":
            schema.create(migrated.sqlite_file(config))
        with turn("tables"):  # machines installed at once would make the same tables
            if not migrated.is_current(config):
                call_command("migrate", interactive=False, verbosity=0)
            database_rights.prepare(config)
    _say(done="tables")


def _look_at_restored(config: Config) -> None:
    """Complete a restoration: no message is sent twice, and accounts closed since the backup stay closed."""
    mark = config.data_dir / RESTORED
    if mark.exists():
        report = settle_restored(config.data_dir, mail_directory.get(), now=timezone.now())
        mark.unlink()
        for sentence in restored_sentences(report, config.data_dir / ACTS_TO_REDO):
            _say(step=sentence)


@transaction.atomic
def _first_administrator(config: Config) -> str:
    """Create the académie and its first administrator. Returns the activation link."""
    now, academy = timezone.now(), config.academy
    found_academy(academy.code, academy.name, academy.domain, academy.departments)
    mailbox = f"{_FIRST}@{academy.domain}"
    take_technical_names(_FIRST, mailbox)
    account = open_account(
        None, _FIRST, mailbox, AccountRole.ADMINISTRATOR, config.mail.quota_mb, by="instance", now=now
    )
    token = add_activation_link(account, by="instance", now=now)
    begin_first_day(now=now)
    return f"{config.public_url}/assistant/activation/{token}"


@transaction.atomic
def _create_further_academies(config: Config) -> None:
    """Create the académies that the file names after the first one."""
    for academy in config.further_academies:
        found_academy(academy.code, academy.name, academy.domain.lower(), academy.departments)


class _Progress:
    """Prints a step's progress at its start, at each tenth and at its end."""

    def __init__(self) -> None:
        self._told = ("", -1)

    def __call__(self, sentence: str, fraction: float) -> None:
        now = (sentence, int(fraction * 10))
        if now != self._told:
            self._told = now
            _say(step=f"{sentence} ({fraction * 100:.0f} %)")


def _say(**told: object) -> None:
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    sys.stdout.flush()
