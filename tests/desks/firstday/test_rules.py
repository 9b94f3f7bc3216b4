"""A step of the first day is done by its own fact, whatever the others."""

from dataclasses import replace

import pytest

from vaguemestre.desks.firstday.rules import done_steps, state_of
from vaguemestre.desks.firstday.values import Facts, Seen, Step

NOTHING = Facts((7,), Seen.UNSET, False, Seen.UNSET, False, 6, 6, False)
ALL = Facts((), Seen.WORKS, True, Seen.WORKS, True, 6, 0, True)


def test_nothing_then_everything() -> None:
    assert done_steps(NOTHING) == dict.fromkeys(Step, False)
    assert done_steps(ALL) == dict.fromkeys(Step, True)


@pytest.mark.parametrize(
    ("undone", "step"),
    [
        ({"bare_administrators": (1, 2)}, Step.FACTORS),
        ({"certificate": Seen.AWAITED}, Step.CERTIFICATE),
        ({"backup": Seen.AWAITED}, Step.BACKUP),
        ({"unserved": 1}, Step.OFFICERS),
        ({"services": 0}, Step.OFFICERS),
    ],
)
def test_half_done_is_not_done(undone: dict[str, object], step: Step) -> None:
    steps = done_steps(replace(ALL, **undone))  # type: ignore[arg-type]
    assert [name for name, is_done in steps.items() if not is_done] == [step]


def test_what_is_not_set_does_not_work_whatever_was_read() -> None:
    assert state_of(is_set=False, works=True) is Seen.UNSET
    assert state_of(is_set=True, works=False) is Seen.AWAITED
    assert state_of(is_set=True, works=True) is Seen.WORKS
