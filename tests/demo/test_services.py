"""The demonstration's mail is put in place even where the mail store is still busy with what it was given."""

import pytest

from vaguemestre.demo.services import until_answered
from vaguemestre.foundation.kernel.errors import EngineDown


class Busy:
    def __init__(self, refusals: int) -> None:
        self.refusals, self.acts = refusals, 0

    def __call__(self) -> None:
        self.acts += 1
        if self.acts <= self.refusals:
            raise EngineDown("imap: no answer in time")


@pytest.mark.parametrize("refusals", [0, 1, 39])
def test_what_the_mail_store_had_no_time_for_is_done_again(refusals: int) -> None:
    busy = Busy(refusals)
    until_answered(busy, rest=0)
    assert busy.acts == refusals + 1


def test_a_mail_store_that_never_answers_ends_the_start() -> None:
    with pytest.raises(EngineDown):
        until_answered(Busy(1000), rest=0)
