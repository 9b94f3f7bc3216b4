"""What an answer of the doveadm server means for the command that was asked."""

import pytest

from vaguemestre.engines.dovecot.doveadm_server import Answer
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused


def test_what_was_done_gives_its_cells() -> None:
    assert Answer("+", ("7", "guid")).cells_of("fetch") == ("7", "guid")


@pytest.mark.parametrize(
    ("status", "error"),
    [("-TEMPFAIL", EngineDown), ("-75", EngineDown), ("-NOTFOUND", EngineRefused), ("-", EngineRefused)],
)
def test_what_may_be_asked_again_is_told_from_what_was_refused(status: str, error: type[Exception]) -> None:
    with pytest.raises(error, match=f"doveadm expunge {status}"):
        Answer(status, ()).cells_of("expunge")
