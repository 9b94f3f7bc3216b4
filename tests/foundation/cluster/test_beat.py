"""What each machine writes for its engines: all of it is tried, whatever one of them meets."""

import pytest

from vaguemestre.foundation.cluster.beat import write_files
from vaguemestre.foundation.kernel.errors import EngineDown

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_file_that_cannot_be_written_keeps_no_other_from_it(caplog: pytest.LogCaptureFixture) -> None:
    written: list[str] = []

    def fail() -> None:
        raise EngineDown("the disk is full of secrets")

    write_files((fail, lambda: written.append("marks")))
    assert written == ["marks"]
    assert "not written: EngineDown" in caplog.text
    assert "secrets" not in caplog.text
