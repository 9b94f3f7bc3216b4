"""Signs that a machine stores, and what it does for its engines: all is tried, whatever one of them meets."""

import pytest

from vaguemestre.foundation.cluster.beat import beat, run_rounds
from vaguemestre.foundation.cluster.models import Machine
from vaguemestre.foundation.kernel.errors import EngineDown

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_was_stored_is_told_and_what_was_not_is_not() -> None:
    told: list[str] = []

    def fail() -> dict[str, dict[str, str]]:
        raise OSError

    beat("mail-1", fail, lambda: told.append("failed"))
    assert told == []
    beat("mail-1", dict, lambda: told.append("stored"))
    assert told == ["stored"]
    assert Machine.objects.get().name == "mail-1"


def test_a_round_that_fails_keeps_no_other_from_it(caplog: pytest.LogCaptureFixture) -> None:
    written: list[str] = []

    def fail() -> None:
        raise EngineDown("the disk is full of secrets")

    run_rounds((fail, lambda: written.append("marks")))
    assert written == ["marks"]
    assert "not brought in step: EngineDown" in caplog.text
    assert "secrets" not in caplog.text
