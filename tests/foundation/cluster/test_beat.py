"""What each machine does for its engines: all of it is tried, whatever one of them meets."""

import pytest

from vaguemestre.foundation.cluster.beat import run_rounds
from vaguemestre.foundation.kernel.errors import EngineDown

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_round_that_fails_keeps_no_other_from_it(caplog: pytest.LogCaptureFixture) -> None:
    written: list[str] = []

    def fail() -> None:
        raise EngineDown("the disk is full of secrets")

    run_rounds((fail, lambda: written.append("marks")))
    assert written == ["marks"]
    assert "not brought in step: EngineDown" in caplog.text
    assert "secrets" not in caplog.text
