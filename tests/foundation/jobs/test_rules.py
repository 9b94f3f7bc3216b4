"""Retries come less and less often, and end."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.jobs.rules import MAX_ATTEMPTS, delay_before


@given(st.integers(min_value=1, max_value=MAX_ATTEMPTS - 1))
def test_a_retry_never_comes_sooner_than_the_one_before(attempt: int) -> None:
    first, second = delay_before(attempt), delay_before(attempt + 1)
    assert first is not None
    assert second is not None
    assert timedelta(seconds=1) <= first <= second <= timedelta(hours=1)


def test_patience_has_an_end() -> None:
    assert delay_before(MAX_ATTEMPTS + 1) is None
