"""`vaguemestre withdraw`: a message is looked for, taken out of every mailbox, given back."""

from types import SimpleNamespace

import pytest
from tests.desks.removals.samples import SENDER, MemoryCopies, work
from tests.desks.removals.test_services import FORGED, campaign, order, state
from typer.testing import CliRunner, Result

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.mail import withdraw
from vaguemestre.desks.removals import services
from vaguemestre.desks.removals.models import Removal, RemovalBox
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal

pytestmark = pytest.mark.django_db(transaction=True)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(withdraw.app, list(arguments))


def worker_of(copies: MemoryCopies, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker does while the command waits."""

    def a_turn(_seconds: float) -> None:
        number = Removal.objects.latest("pk").pk
        work(number, order(number), copies)

    monkeypatch.setattr(withdraw, "pause", a_turn)


def planned(copies: MemoryCopies, monkeypatch: pytest.MonkeyPatch) -> str:
    worker_of(copies, monkeypatch)
    assert run("plan", "--from", SENDER, "--subject", FORGED).exit_code == 0
    return str(Removal.objects.get().pk)


def test_a_message_is_counted_removed_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    copies, mailboxes = campaign(3)
    number = planned(copies, monkeypatch)
    assert "3 exemplaires dans 3 boîtes" in run("show", number).stdout
    assert all(len(copies.boxes[mailbox]) == 2 for mailbox in mailboxes)
    assert "3 boîtes sans lui" in run("apply", number).stdout
    assert [[letter.subject for letter in copies.boxes[mailbox]] for mailbox in mailboxes] == [
        ["Réunion"]
    ] * 3
    assert "Remis" in run("undo", number).stdout
    assert all(len(copies.boxes[mailbox]) == 2 for mailbox in mailboxes)
    acts = Entry.objects.filter(by="cli", to=f"removal:{number}").order_by("pk")
    assert list(acts.values_list("action", flat=True)) == [
        "removals.looked-for", "removals.decided", "removals.undone",
    ]  # fmt: skip


def test_a_mailbox_that_does_not_answer_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copies, mailboxes = campaign(3)
    number = planned(copies, monkeypatch)
    copies.away.add(mailboxes[1])
    ended = run("apply", number)
    assert isinstance(ended.exception, Failed)
    assert "1 boîte n’a pas répondu" in str(ended.exception)
    assert f"{mailboxes[1]} : n’a pas répondu" in ended.stdout
    assert RemovalBox.objects.exclude(error="").get().mailbox == mailboxes[1]


def test_above_the_limit_another_person_must_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    copies, mailboxes = campaign(2)
    number = planned(copies, monkeypatch)
    limit = SimpleNamespace(mail=SimpleNamespace(removal_second_person_above=1))
    monkeypatch.setattr(withdraw, "settings", SimpleNamespace(CONFIG=limit))
    for _ in range(2):
        ended = run("apply", number)
        assert isinstance(ended.exception, Failed)
        assert f"/administration/retraits/{number}" in str(ended.exception)
    assert state(int(number)) == "awaiting"
    assert len(copies.boxes[mailboxes[0]]) == 2
    with pytest.raises(Refusal, match="same-person"):
        services.approve_removal(int(number), by="cli", now=Removal.objects.get().changed_at)


def test_a_removal_that_is_not_there_is_refused() -> None:
    for command in ("show", "apply", "undo"):
        ended = run(command, "901")
        assert isinstance(ended.exception, Refusal)
        assert ended.exception.code == "removals.gone"
    assert run("list").stdout == "Aucun retrait.\n"


def test_without_waiting_the_work_is_left_to_a_worker() -> None:
    campaign(1)
    assert run("plan", "--from", SENDER, "--no-wait").exit_code == 0
    assert state(Removal.objects.get().pk) == "counting"
    assert SENDER in run("list", "--with", "faux").stdout


def test_nothing_to_look_for_is_refused() -> None:
    assert isinstance(run("plan").exception, Refusal)
