"""The steps of a message are told in the order in which they were taken."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.engines.trace import in_order
from vaguemestre.engines.trace_line import Step, TraceLine

NOON = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
ROAD = (Step.RECEIVED, Step.QUEUED, Step.FILED, Step.DELIVERED, Step.DONE)


@given(
    st.lists(st.integers(0, 3), min_size=5, max_size=5), st.integers(0, 1), st.permutations((0, 1, 2, 3, 4))
)
def test_a_delivery_is_told_in_order_whatever_the_seconds_and_the_clock_of_dovecot(
    later: list[int], behind: int, shuffled: list[int]
) -> None:
    lines, second = list[TraceLine](), 0
    for step, more in zip(ROAD, later, strict=True):
        second += more
        engine = "dovecot" if step is Step.FILED else "postfix"
        seen = second - behind if engine == "dovecot" else second
        lines.append(TraceLine(NOON + dt.timedelta(seconds=seen), engine, step, "", ""))
    assert [line.step for line in in_order([lines[place] for place in shuffled])] == list(ROAD)


def test_what_was_filed_long_before_another_queue_stays_before_it() -> None:
    def line(second: int, engine: str, step: Step) -> TraceLine:
        return TraceLine(NOON + dt.timedelta(seconds=second), engine, step, "", "")

    lines = [
        line(0, "postfix", Step.QUEUED), line(1, "dovecot", Step.FILED), line(30, "postfix", Step.QUEUED),
        line(29, "dovecot", Step.FILED),
    ]  # fmt: skip
    said = [(one.step, (one.at - NOON).seconds) for one in in_order(lines)]
    assert said == [(Step.QUEUED, 0), (Step.FILED, 1), (Step.QUEUED, 30), (Step.FILED, 29)]
