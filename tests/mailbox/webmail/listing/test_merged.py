"""Messages of several mailboxes are put in one list."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.mailbox.webmail.rules.listing.folders import slug
from vaguemestre.mailbox.webmail.rules.listing.merged import (
    MAX_MERGED_ROWS,
    box_ref,
    merge_rows,
    merged_total,
)
from vaguemestre.post.mailstore.values import Correspondent, MessageRef, Row, Summary

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
dates = st.integers(0, 10_000).map(lambda minutes: NOW - timedelta(minutes=minutes))
boxes = st.dictionaries(st.integers(0, 5), st.lists(dates, max_size=12), max_size=5)


def rows_of(dates: list[datetime]) -> list[Row]:
    nobody = Correspondent("", "x@exemple.fr")
    return [
        Row(Summary(uid, nobody, (), "x", date, "", 1, False), frozenset(), MessageRef("INBOX", 1, uid))
        for uid, date in enumerate(dates, 1)
    ]


@given(boxes, st.integers(1, 7))
def test_pages_follow_on_from_one_another_and_each_message_is_there_once(
    drawn: dict[int, list[datetime]], size: int
) -> None:
    """Whatever the dates: a mailbox is in order of arrival, which dates may contradict."""
    rows = {box_id: rows_of(dates) for box_id, dates in drawn.items()}
    whole = sum(len(own) for own in rows.values())
    paged = []
    for offset in range(0, whole, size):
        read = {box_id: own[: offset + size] for box_id, own in rows.items()}
        paged += merge_rows(read, offset, size)
    assert paged == list(merge_rows(rows, 0, whole))
    for box_id, own in rows.items():
        assert [one.row for one in paged if one.box_id == box_id] == own


@given(boxes)
def test_mailboxes_in_order_of_date_give_a_list_in_order_of_date(drawn: dict[int, list[datetime]]) -> None:
    rows = {box_id: rows_of(sorted(dates, reverse=True)) for box_id, dates in drawn.items()}
    shown = [one.row.summary.date for one in merge_rows(rows, 0, 100)]
    assert shown == sorted(shown, reverse=True)


def test_the_list_ends_where_reading_all_mailboxes_would_cost_too_much() -> None:
    assert merged_total([3, 4]) == 7
    assert merged_total([100_000, 3]) == MAX_MERGED_ROWS


@given(st.text(min_size=1))
def test_no_folder_is_taken_for_one_of_another_mailbox(name: str) -> None:
    assert "~~" not in slug(name)
    assert box_ref(0, f"{slug(name)}/1/2") == f"{slug(name)}/1/2"
    assert box_ref(12, "INBOX/1/2") == "12~~INBOX/1/2"
