"""What systemd says of each unit is told as the supervisor tells of its processes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.instance import status
from vaguemestre.processes.production import layout
from vaguemestre.processes.production.running_check import checks
from vaguemestre.processes.production.units.unit_states import is_under_systemd, states_from
from vaguemestre.site.config import Config

SHOWN = """\
MainPID=0
NRestarts=0
Id=vaguemestre.target
ActiveState=active
StateChangeTimestamp=@1795977000

MainPID=812
NRestarts=2
Result=success
Id=vaguemestre-web.service
ActiveState=active
StateChangeTimestamp=@1795977001

MainPID=0
NRestarts=5
Result=exit-code
Id=vaguemestre-worker-2.service
ActiveState=failed
StateChangeTimestamp=
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setattr(layout, "HOME", tmp_path)
    monkeypatch.setattr(layout, "UNITS", tmp_path)
    (tmp_path / "vaguemestre.target").touch()
    return Config(home=tmp_path)


def test_each_unit_has_its_name_state_process_and_restarts() -> None:
    target, web, worker = states_from(SHOWN)
    assert (target["state"], target["since"]) == ("ready", 1795977000)
    assert web == {
        "name": "web", "state": "ready", "pid": 812, "since": 1795977001, "restarts": 2, "last_end": "",
    }  # fmt: skip
    assert (worker["name"], worker["state"], worker["last_end"]) == ("worker-2", "down", "exit-code")
    assert worker["since"] == 0


def test_an_installed_machine_is_asked_of_systemd_and_a_home_of_bin_up_is_not(
    installed: Config, tmp_path: Path
) -> None:
    assert is_under_systemd(installed)
    assert not is_under_systemd(Config(home=tmp_path / "var"))


def test_units_of_a_home_of_bin_up_are_not_looked_for(tmp_path: Path) -> None:
    (found,) = checks._units(Config(home=tmp_path / "var"), datetime.now(UTC))
    assert found.is_well
    assert "vaguemestre status" in found.sentence


def test_the_status_of_an_installed_machine_is_that_of_its_units(
    installed: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "unit_states", lambda _services: states_from(SHOWN))
    pid, since, is_ready, children = status._units(installed)
    assert (pid, since, is_ready) == (1, 1795977000, False)
    assert [child["name"] for child in children] == ["web", "worker-2"]


def test_a_stopped_machine_is_told_how_to_start(installed: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        status, "unit_states", lambda _services: states_from(SHOWN.replace("active", "inactive"))
    )
    with pytest.raises(Failed, match="systemctl start vaguemestre.target"):
        status._units(installed)
