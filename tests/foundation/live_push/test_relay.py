"""What push processes tell each other fits in notices, and comes back as it was."""

from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.live_push.relay import pack_changes, unpack_changes
from vaguemestre.foundation.live_push.values import Change, ChangeKind

_NAMES = st.text(st.characters(codec="utf-8"), max_size=200)
CHANGES = st.lists(st.builds(Change, _NAMES, _NAMES, st.sampled_from(ChangeKind)), max_size=60)


@given(CHANGES)
def test_every_change_arrives_once_in_order_within_what_a_notice_holds(changes: list[Change]) -> None:
    texts = pack_changes("here", changes)
    assert all(len(text.encode()) < 8_000 for text in texts)
    told = [change for text in texts for change in unpack_changes("there", text)]
    assert told == list(dict.fromkeys(changes))


def test_a_machine_does_not_hear_itself() -> None:
    (text,) = pack_changes("here", [Change("a@ac-amiens.test", "INBOX", ChangeKind.ARRIVED)])
    assert unpack_changes("here", text) == ()


@given(st.text(max_size=50))
def test_a_malformed_notice_is_ignored(text: str) -> None:
    assert unpack_changes("there", text) == ()
