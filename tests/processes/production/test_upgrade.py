"""A move between releases: killed, it knows where it was; broken, it goes back; and nobody is cut off."""

import socket
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from tests.processes.production.test_upgrade_plan import NEXT

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.production import upgrade as command
from vaguemestre.processes.production.machine.commands import StepFailed
from vaguemestre.processes.production.step import Step
from vaguemestre.processes.production.upgrades import upgrade
from vaguemestre.processes.production.upgrades.releases import Release
from vaguemestre.processes.production.upgrades.upgrade import Journey, ReleaseMove
from vaguemestre.site.config import Config

OLD, NEW = Release(Path("/opt/x/0.2.0-a"), (0, 2, 0)), Release(Path("/opt/x/0.2.1-b"), (0, 2, 1))


@pytest.fixture(autouse=True)
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(upgrade, "_JOURNEY", tmp_path / "upgrade.json")
    monkeypatch.setattr(upgrade, "_FORMER", tmp_path / "former_release")
    return tmp_path


def moves(monkeypatch: pytest.MonkeyPatch, *breaking: str) -> list[str]:
    """The moves that are made, by the version they lead to; those named break."""
    made: list[str] = []

    def steps(move: ReleaseMove) -> tuple[Step, ...]:
        def do() -> None:
            made.append(move.wanted.name)
            if move.wanted.name in breaking:
                raise StepFailed("ne démarre pas.")

        return (Step("tout", lambda: False, do),)

    monkeypatch.setattr(ReleaseMove, "steps", steps)
    monkeypatch.setattr(command, "_described", lambda release, running: NEXT)
    return made


def forth() -> ReleaseMove:
    return ReleaseMove(Config(home=Path("/nowhere")), OLD, NEW, NEXT, typer.echo)


def test_units_are_turned_back_in_the_other_order() -> None:
    assert replace(forth(), backwards=True).processes() == tuple(reversed(forth().processes()))


def test_a_move_that_is_done_leaves_a_way_back(notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert moves(monkeypatch) == []
    command._go(forth())
    assert upgrade.begun() is None
    assert (notes / "former_release").read_text(encoding="utf-8") == f"{OLD.path}\n"


def test_a_move_that_breaks_goes_back_by_itself(notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = moves(monkeypatch, "0.2.1")
    with pytest.raises(Failed, match="tourne de nouveau") as failure:
        command._go(forth())
    assert failure.value.code == 69
    assert made == ["0.2.1", "0.2.0"]
    assert upgrade.begun() is None
    assert not (notes / "former_release").exists()


def test_a_way_back_that_breaks_too_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    moves(monkeypatch, "0.2.1", "0.2.0")
    with pytest.raises(Failed, match="--back"):
        command._go(forth())
    assert upgrade.begun() == Journey(OLD.path, NEW.path)


@pytest.mark.parametrize(("is_back", "place"), [(False, OLD.path), (True, NEW.path)])
def test_from_the_middle_of_a_move_back_leads_where_it_was_asked_to(is_back: bool, place: Path) -> None:
    upgrade.begin(Journey(OLD.path, NEW.path, is_back))
    journey = upgrade.begun()
    assert journey is not None
    assert journey.return_to == place


def test_a_move_back_from_the_middle_of_another_leaves_the_former_release_alone(
    notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moves(monkeypatch)
    upgrade.begin(Journey(OLD.path, NEW.path))
    command._go(ReleaseMove(Config(home=Path("/nowhere")), NEW, OLD, NEXT, typer.echo, backwards=True))
    assert upgrade.begun() is None
    assert not (notes / "former_release").exists()


def test_what_a_process_has_accepted_ends_before_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "http"
    monkeypatch.setattr(upgrade, "_LET_END_SECONDS", 60.0)
    with closing(socket.socket(socket.AF_UNIX)) as server, closing(socket.socket(socket.AF_UNIX)) as client:
        server.bind(str(place))
        server.listen()
        client.connect(str(place))
        accepted = server.accept()[0]
        waiting = threading.Thread(target=upgrade.let_end, args=(place,))
        waiting.start()
        while place.exists():
            assert waiting.is_alive()
        waiting.join(0.3)
        assert waiting.is_alive()
        accepted.close()
        waiting.join(30)
        assert not waiting.is_alive()


@pytest.mark.parametrize(("words", "code"), [({}, 2), ({"tree": Path("/x"), "back": True}, 2)])
def test_a_release_or_the_way_back_is_named_and_not_both(words: dict[str, object], code: int) -> None:
    with pytest.raises(Failed) as failure:
        command.command(**words)  # type: ignore[arg-type]
    assert failure.value.code == code


def test_where_nothing_is_installed_it_says_so() -> None:
    with pytest.raises(Failed, match="bin/install") as failure:
        command.command(Path("/x"))
    assert failure.value.code == 69
