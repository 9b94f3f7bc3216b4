"""Imports and exports are asked for one at a time, and stopped, resumed or withdrawn by their owner alone."""

from pathlib import Path

import pytest
from django_tasks_db.models import DBTaskResult
from tests.access.signin.people import NOON, account

from vaguemestre.foundation.jobs.rules import job_words
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.portability.models import Move
from vaguemestre.mailbox.portability.services.erasure import forget_person
from vaguemestre.mailbox.portability.services.growing_files import LocalFile
from vaguemestre.mailbox.portability.services.requests import (
    ask_export,
    ask_import,
    ask_import_from_server,
    ask_sealed,
    forget_file,
    resume_move,
    stop_move,
    withdraw_export,
)
from vaguemestre.mailbox.portability.values import WITHDRAWN, Server, State
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.ports import secret_keys

pytestmark = pytest.mark.django_db


@pytest.fixture
def nicolas() -> Account:
    return account()


def export(who: Account) -> int:
    return ask_export(who.pk, "stored", "Mes courriels", by="test", now=NOON)


def announced(name: str) -> int:
    words = [job_words(job.args_kwargs) for job in DBTaskResult.objects.all()]
    return sum(word is not None and word.event.endswith(f":{name}") for word in words)


def test_one_move_at_a_time_and_its_secrets_are_sealed(nicolas: Account) -> None:
    first = export(nicolas)
    server = Server("imap.x.example", 993, "nicolas", "le mot de passe")
    keys = secret_keys.get()
    for ask in (
        lambda: export(nicolas),
        lambda: ask_import(nicolas.pk, "s", "vieux.mbox", apart="", by="test", now=NOON),
        lambda: ask_import_from_server(nicolas.pk, server, keys, apart="", by="test", now=NOON),
        lambda: ask_sealed(nicolas.pk, "s", "x", "ac-lille.test", bytes(32), keys, by="test", now=NOON),
    ):
        with pytest.raises(Refusal, match="one-at-a-time"):
            ask()
    stop_move(nicolas.pk, first, now=NOON)
    ask_import_from_server(nicolas.pk, server, keys, apart="", by="test", now=NOON)
    row = Move.objects.exclude(pk=first).get()
    assert row.server == {"host": "imap.x.example", "port": 993, "username": "nicolas"}
    assert row.sealed
    assert b"le mot de passe" not in bytes(row.sealed)


def test_an_export_is_stopped_and_resumed_by_its_owner(nicolas: Account) -> None:
    number, other = export(nicolas), account("autre")
    stop_move(other.pk, number, now=NOON)
    assert Move.objects.get().state == State.RUNNING
    stop_move(nicolas.pk, number, now=NOON)
    assert Move.objects.get().state == State.STOPPED
    resume_move(nicolas.pk, number)
    assert Move.objects.get().state == State.RUNNING
    assert announced("MoveGoesOn") == 2


def test_an_export_its_owner_disowns_is_withdrawn_with_its_file_and_never_resumed(nicolas: Account) -> None:
    number, other = export(nicolas), account("autre")
    assert not withdraw_export(other.pk, number, by="notice", now=NOON)
    assert withdraw_export(nicolas.pk, number, by="notice", now=NOON)
    row = Move.objects.get()
    assert (row.state, row.trouble, bytes(row.sealed)) == (State.FAILED, WITHDRAWN, b"")
    assert announced("ExportWithdrawn") == 1
    assert Entry.objects.filter(action="portability.export-withdrawn").count() == 1
    resume_move(nicolas.pk, number)
    assert Move.objects.get().state == State.FAILED
    forget_file(number)
    assert not withdraw_export(nicolas.pk, number, by="notice", now=NOON), "its file is gone"


def test_an_import_has_no_file_to_withdraw(nicolas: Account) -> None:
    number = ask_import(nicolas.pk, "s", "vieux.mbox", apart="", by="test", now=NOON)
    assert not withdraw_export(nicolas.pk, number, by="notice", now=NOON)


def test_a_forgotten_person_leaves_no_move_but_the_one_that_runs(nicolas: Account) -> None:
    other = account("autre")
    stop_move(other.pk, export(other), now=NOON)
    stop_move(nicolas.pk, export(nicolas), now=NOON)
    running = export(nicolas)
    forget_person(nicolas.pk)
    assert {row.account_id for row in Move.objects.exclude(pk=running)} == {other.pk}
    assert Move.objects.filter(pk=running).exists()


def test_a_file_that_lost_its_end_is_not_appended_to_and_what_follows_is_cut(tmp_path: Path) -> None:
    file = LocalFile(tmp_path / "export")
    for length, content in ((0, b"premier"), (4, b"ier")):
        with file.at(length) as writer:
            writer.write(content)
    with file.open() as whole:
        assert whole.read() == b"premier"[:4] + b"ier"
    with pytest.raises(FileNotFoundError), file.at(8):
        pass
