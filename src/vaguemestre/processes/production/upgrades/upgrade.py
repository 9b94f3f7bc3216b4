"""Moves a machine in production from one release to another, or back, while it serves. As root.

Every step can be done twice: killed anywhere, the move is begun again and does what is left.
"""

import json
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from vaguemestre.engines import stand_in
from vaguemestre.engines.config_templates import write
from vaguemestre.processes.production import layout
from vaguemestre.processes.production.machine.commands import StepFailed, are_active, has_text, run
from vaguemestre.processes.production.marks import write_marks
from vaguemestre.processes.production.running_check.public_health import wait_until_well
from vaguemestre.processes.production.step import Step
from vaguemestre.processes.production.units.unit import TARGET
from vaguemestre.processes.production.upgrades import upgrade_plan
from vaguemestre.processes.production.upgrades.releases import Release
from vaguemestre.processes.production.upgrades.upgrade_plan import (
    Change,
    Description,
    change_of,
    change_order,
    stale_units,
    stand_in_unit,
    unit_of,
)
from vaguemestre.site.config import Config

_LET_END_SECONDS = 3.0  # for what a process has accepted, once nobody new comes to it
_LOOK_SECONDS = 0.1
_UNIX_SOCKETS = Path("/proc/net/unix")


@dataclass(frozen=True)
class ReleaseMove:
    """Move from the release that runs to another. `backwards`: unit by unit in the other order."""

    config: Config
    running: Release
    wanted: Release
    description: Description
    say: Callable[[str], None]
    backwards: bool = False

    def steps(self) -> tuple[Step, ...]:
        """Every step, in order; each unit is one."""
        return (
            Step("Dossiers, configurations, tables", self._never, self._prepare),
            *(
                Step(
                    f"{unit_of(process)} : {self.change(process)}", self._never, partial(self._turn, process)
                )
                for process in self.processes()
            ),
            Step("Version active", self._never, self._settle),
        )

    def processes(self) -> tuple[str, ...]:
        names = change_order(self.description)
        return tuple(reversed(names)) if self.backwards else names

    def change(self, process: str) -> Change:
        """What becomes of the unit of a process."""
        file = layout.UNITS / unit_of(process)
        there = file.read_text(encoding="utf-8") if file.is_file() else ""
        return change_of(process, there, self.description, (self.running.path, self.wanted.path))

    def _never(self) -> bool:
        return False

    # The ground

    def _prepare(self) -> None:
        for path, text in self.description.files.items():
            write(Path(path), text, mode=0o755 if Path(path) == layout.COMMAND else 0o644)
        if layout.KERNEL.is_file():
            run(layout.APPLY_KERNEL)
        for name in self.description.masked:
            if not (layout.UNITS / name).is_symlink():
                run(("systemctl", "mask", "--quiet", name))
        for line in command_of(self.wanted, "ground").splitlines():
            self.say(f"    {line}")

    # One unit

    def _turn(self, process: str) -> None:
        """Have a unit run the wanted release, then ask how the whole is. Raises StepFailed."""
        change = self.change(process)
        if change in (Change.RELOAD, Change.KEEP):
            self._write(unit_of(process))
            if change is Change.RELOAD:
                run(("systemctl", "reload", unit_of(process)))
        elif self._is_turned(process):
            self._end_stand_in(process)
            return
        elif change is Change.REPLACE:
            self._replace(process)
        else:
            self._write(unit_of(process))
            self._restart(process)
        wait_until_well(self.config)

    def _is_turned(self, process: str) -> bool:
        """Whether the unit runs that release already, as in a move that was interrupted after it."""
        unit = unit_of(process)
        if not has_text(layout.UNITS / unit, self.description.units[unit]) or not are_active(unit):
            return False
        pid = run(("systemctl", "show", "-p", "MainPID", "--value", unit)).strip()
        try:
            environ = Path("/proc", pid, "environ").read_bytes()
        except OSError:
            return False
        return upgrade_plan.is_of(environ, layout.source(self.wanted.path))

    def _replace(self, process: str) -> None:
        """Restart a process while its stand-in answers. One left by a move that broke answers on."""
        double = stand_in_unit(process)
        if not are_active(double):
            self._write(double)
            self._start_stand_in(double)
        if place := self.description.sockets.get(process):
            let_end(Path(place))
        self._write(unit_of(process))
        self._restart(process)
        self._end_stand_in(process)

    def _start_stand_in(self, double: str) -> None:
        try:
            run(("systemctl", "start", double))
        except StepFailed as error:
            subprocess.run(["systemctl", "reset-failed", double], capture_output=True, check=False)
            raise StepFailed(f"la nouvelle version ne démarre pas ({error})") from error

    def _end_stand_in(self, process: str) -> None:
        double = stand_in_unit(process)
        if double not in self.description.units or not are_active(double):
            return
        if place := self.description.sockets.get(process):
            let_end(stand_in.socket_of(Path(place)))
        run(("systemctl", "stop", double))

    def _restart(self, process: str) -> None:
        run(("systemctl", "restart", unit_of(process)))

    def _write(self, unit: str) -> None:
        if write(layout.UNITS / unit, self.description.units[unit]):
            run(("systemctl", "daemon-reload"))

    # The end

    def _settle(self) -> None:
        """The rest of the unit files, those that are no more, the link, and what bin/install looks at."""
        for process in self.description.processes:
            self._end_stand_in(process)
        present = [path.name for path in layout.UNITS.glob("vaguemestre*") if path.is_file()]
        for name in stale_units(present, self.description):
            subprocess.run(["systemctl", "disable", "--now", "--quiet", name], check=False)
            (layout.UNITS / name).unlink()
        for name, text in self.description.units.items():
            write(layout.UNITS / name, text)
        run(("systemctl", "daemon-reload"))
        wanted = (name for name, text in self.description.units.items() if "\n[Install]\n" in text)
        run(("systemctl", "enable", "--quiet", *wanted))
        lacking = [unit_of(name) for name in self.description.processes if not are_active(unit_of(name))]
        if lacking or not are_active(TARGET):
            raise StepFailed(f"ne tourne pas : {', '.join(lacking) or TARGET}")
        layout.make_current(self.wanted.path)
        write_marks(self.wanted.path, self.description.units.values())


def let_end(place: Path) -> None:
    """Take a socket away from those who would come, and let end what its process has accepted."""
    place.unlink(missing_ok=True)
    deadline = time.monotonic() + _LET_END_SECONDS
    time.sleep(_LOOK_SECONDS)  # who came before is accepted
    while time.monotonic() < deadline:
        if not upgrade_plan.open_connections(_UNIX_SOCKETS.read_text(encoding="utf-8"), str(place)):
            return
        time.sleep(_LOOK_SECONDS)


def command_of(release: Release, *words: str) -> str:
    """The output of a command of that release. Raises StepFailed with its last words."""
    argv = (str(layout.python(release.path)), "-m", "vaguemestre.cli.main", *words)
    return run(argv, environment=layout.environment_of(release.path))


@dataclass(frozen=True)
class Journey:
    """A move that was begun and not ended, as it is kept: from where, to where, asked for as a way back."""

    from_: Path
    to: Path
    is_back: bool = False

    @property
    def return_to(self) -> Path:
        """Release that `--back` returns to while the move is under way."""
        return self.to if self.is_back else self.from_


_JOURNEY = layout.HOME / "upgrade.json"
_FORMER = layout.HOME / "former_release"


def begun() -> Journey | None:
    """The move that was begun here and not ended."""
    try:
        value = json.loads(_JOURNEY.read_text(encoding="utf-8"))
        return Journey(Path(value["from"]), Path(value["to"]), bool(value["is_back"]))
    except (OSError, ValueError, KeyError):
        return None


def begin(journey: Journey) -> None:
    value = {"from": str(journey.from_), "to": str(journey.to), "is_back": journey.is_back}
    write(_JOURNEY, json.dumps(value), mode=0o600)


def end(journey: Journey) -> None:
    """The move is done: where one comes from is where one may return to."""
    write(_FORMER, f"{journey.from_}\n", mode=0o600)
    _JOURNEY.unlink(missing_ok=True)


def forget() -> None:
    """The move did not happen: everything is as it was where it began."""
    _JOURNEY.unlink(missing_ok=True)


def former_release() -> Path | None:
    """The release before the one that runs, if it is still there."""
    try:
        path = Path(_FORMER.read_text(encoding="utf-8").strip())
    except OSError:
        return None
    return path if path.is_dir() else None


def step_lines(steps: Sequence[Step]) -> Iterator[str]:
    """The plan, a line a step."""
    return (f"{number:2}. {step.title}" for number, step in enumerate(steps, 1))
