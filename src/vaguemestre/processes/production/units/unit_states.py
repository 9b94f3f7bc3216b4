"""How systemd says that the processes of an instance are, as the supervisor writes it of its own."""

import subprocess
from collections.abc import Sequence

from vaguemestre.processes.production import layout
from vaguemestre.processes.production.units.unit import TARGET
from vaguemestre.processes.production.units.units import PREFIX
from vaguemestre.processes.supervisor.child_process import ChildState
from vaguemestre.processes.supervisor.run_folder import ChildRecord
from vaguemestre.site.config import Config

_SECONDS = 20
_SHOWN = "Id,ActiveState,MainPID,NRestarts,Result,StateChangeTimestamp"
_STATES = {
    "active": ChildState.READY,
    "reloading": ChildState.READY,
    "activating": ChildState.STARTING,
    "failed": ChildState.DOWN,
}


def is_under_systemd(config: Config) -> bool:
    """Whether units, made by bin/install, keep this instance running; else `bin/up` does."""
    return config.home == layout.HOME and (layout.UNITS / TARGET).is_file()


def unit_states(services: Sequence[str]) -> list[ChildRecord]:
    """States of the target and of these services, in that order. Empty when systemd does not answer."""
    question = ["systemctl", "show", "--timestamp=unix", "-p", _SHOWN, TARGET, *services]
    try:
        ended = subprocess.run(question, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return states_from(ended.stdout)


def states_from(shown: str) -> list[ChildRecord]:
    """Parse the output of `systemctl show`: one paragraph a unit. Times are Unix times; 0: never."""
    paragraphs = (
        dict(line.split("=", 1) for line in paragraph.splitlines() if "=" in line)
        for paragraph in shown.split("\n\n")
    )
    return [_state(unit) for unit in paragraphs if unit.get("Id")]


def _state(unit: dict[str, str]) -> ChildRecord:
    result = unit.get("Result", "success")
    return {
        "name": unit["Id"].removesuffix(".service").removeprefix(f"{PREFIX}-"),
        "state": _STATES.get(unit.get("ActiveState", ""), ChildState.STOPPED),
        "pid": int(unit.get("MainPID") or 0),
        "since": float(unit.get("StateChangeTimestamp", "").removeprefix("@") or 0),
        "restarts": int(unit.get("NRestarts") or 0),
        "last_end": "" if result == "success" else result,
    }
