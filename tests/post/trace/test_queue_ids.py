"""When Postfix took a message stands in its queue identifier."""

from datetime import UTC, datetime

import pytest

from vaguemestre.post.trace.rules.queue_ids import taken_at


def test_a_long_identifier_says_when_the_message_was_taken() -> None:
    assert taken_at("4jcL145XDTz1dbQY") == datetime(2026, 11, 28, 19, 28, 24, tzinfo=UTC).timestamp()


@pytest.mark.parametrize("queue_id", ["", "3A0F21C8E2", "4jcL145XDT", "4jAL145XDTz1dbQY", "4jcL145XDTz"])
def test_any_other_word_says_nothing(queue_id: str) -> None:
    assert taken_at(queue_id) is None
