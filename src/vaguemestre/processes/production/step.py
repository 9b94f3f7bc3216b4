"""The steps of an installation, and how they are gone through. Pure but for what each step does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.processes.production.machine.commands import StepFailed

BROKEN = (StepFailed, EngineRefused, OSError)  # what a step raises when it cannot be done

type Say = Callable[[str], None]


@dataclass(frozen=True)
class Step:
    """One step: its title, whether it is done already, and what does it. Done twice, it changes nothing."""

    title: str
    is_done: Callable[[], bool]
    do: Callable[[], None]


def plan_lines(titles_before: Sequence[str], steps: Sequence[Step]) -> list[str]:
    """The numbered plan; the steps that bin/install has done before this process come first."""
    lines = [f"{number:2}. {title} : fait" for number, title in enumerate(titles_before, 1)]
    return lines + [
        f"{number:2}. {step.title} : {'fait' if step.is_done() else 'à faire'}"
        for number, step in enumerate(steps, len(titles_before) + 1)
    ]


def run_steps(steps: Sequence[Step], say: Say, first_number: int) -> int:
    """Do the steps that are not done, in order. Returns how many were done."""
    count = 0
    for number, step in enumerate(steps, first_number):
        if step.is_done():
            continue
        say(f"{number:2}. {step.title}…")
        step.do()
        count += 1
    return count


class Outcome(NamedTuple):
    """How many steps were done, and the sentences of those that could not be."""

    done: int
    failures: tuple[str, ...]


def run_each(steps: Sequence[Step], say: Say, first_number: int) -> Outcome:
    """Do the steps that are not done, of which none waits for another: one that fails stops none."""
    count, failures = 0, []
    for number, step in enumerate(steps, first_number):
        try:
            count += run_steps((step,), say, number)
        except BROKEN as error:
            failures.append(str(error))
    return Outcome(count, tuple(failures))
