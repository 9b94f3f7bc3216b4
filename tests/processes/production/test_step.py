"""An installation goes on where it was, and a second one changes nothing."""

from dataclasses import dataclass, field

import pytest

from vaguemestre.processes.production.step import Outcome, Step, plan_lines, run_each, run_steps


@dataclass
class Machine:
    done: set[str] = field(default_factory=set)
    breaks_at: str = ""

    def step(self, title: str) -> Step:
        def do() -> None:
            if title == self.breaks_at:
                raise OSError(title)
            self.done.add(title)

        return Step(title, lambda: title in self.done, do)


def steps(machine: Machine) -> list[Step]:
    return [machine.step(title) for title in ("users", "database", "units")]


def test_the_plan_says_what_is_done_already() -> None:
    lines = plan_lines(["packages"], steps(Machine(done={"users"})))
    assert lines == [
        " 1. packages : fait",
        " 2. users : fait",
        " 3. database : à faire",
        " 4. units : à faire",
    ]


def test_a_second_run_does_nothing() -> None:
    machine, told = Machine(), list[str]()
    assert run_steps(steps(machine), told.append, 2) == 3
    assert run_steps(steps(machine), told.append, 2) == 0
    assert told == [" 2. users…", " 3. database…", " 4. units…"]


def test_what_broke_is_gone_on_with() -> None:
    machine = Machine(breaks_at="database")
    with pytest.raises(OSError, match="database"):
        run_steps(steps(machine), lambda _: None, 1)
    machine.breaks_at = ""
    assert run_steps(steps(machine), lambda _: None, 1) == 2
    assert machine.done == {"users", "database", "units"}


def test_of_steps_that_wait_for_none_one_that_fails_stops_none() -> None:
    machine = Machine(breaks_at="users")
    assert run_each(steps(machine), lambda _: None, 1) == Outcome(2, ("users",))
    assert machine.done == {"database", "units"}
    machine.breaks_at = ""
    assert run_each(steps(machine), lambda _: None, 1) == Outcome(1, ())
