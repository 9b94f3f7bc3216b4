"""Decisions about removals, marks for the filter, and which copy goes back where."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.desks.removals.rules.decisions import (
    MAX_ATTEMPTS,
    check_approval,
    delay_after,
    needs_second_person,
    undoing_waits,
)
from vaguemestre.desks.removals.rules.marks import marks, marks_of_message
from vaguemestre.desks.removals.rules.queue_ids import queue_id_in
from vaguemestre.desks.removals.rules.returns import copies_to_return
from vaguemestre.desks.removals.values import ContentState, Criteria
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.post.trace.rules.subjects import comparable_subject

FOLDERS = st.sampled_from(["INBOX", "Archive", "Projets/É"])
GUIDS = st.sampled_from(["a", "b", "c"])


@pytest.mark.parametrize(
    ("holders", "approved_by", "is_needed"),
    [(50, "", False), (51, "", True), (51, "account:2", False)],
)
def test_what_concerns_many_needs_a_second_person(holders: int, approved_by: str, *, is_needed: bool) -> None:
    assert needs_second_person(holders, 50, approved_by) is is_needed


@pytest.mark.parametrize(
    ("boxes", "approved_by", "content", "waits"),
    [
        (50, "", ContentState.NONE, False),
        (51, "", ContentState.NONE, True),
        (1, "account:2", ContentState.NONE, True),
        (1, "", ContentState.REFUSED, True),
        (1, "", ContentState.WAITS, False),
    ],
)
def test_what_needed_two_people_needs_two_to_be_given_back(
    boxes: int, approved_by: str, content: ContentState, *, waits: bool
) -> None:
    assert undoing_waits(content, boxes, 50, approved_by) is waits


def test_nobody_approves_what_they_decided() -> None:
    check_approval("account:1", "account:2")
    with pytest.raises(Refusal, match="removals.same-person"):
        check_approval("account:1", "account:1")


def test_pauses_grow_to_an_hour_and_end() -> None:
    delays = [delay_after(attempts) for attempts in range(1, MAX_ATTEMPTS + 1)]
    assert delays[-1] is None
    minutes = [delay.total_seconds() / 60 for delay in delays if delay]
    assert minutes == sorted(minutes)
    assert (minutes[0], minutes[-1]) == (1, 60)


@given(st.lists(st.tuples(FOLDERS, GUIDS)), st.lists(GUIDS))
def test_each_copy_goes_back_once_and_only_to_a_folder_that_lost_one(
    kept: list[tuple[str, str]], hidden: list[str]
) -> None:
    removed = list(enumerate(hidden, 1))
    back = copies_to_return(kept, removed)
    placed = [(folder, uid) for folder, uids in back.uids.items() for uid in uids]
    guids = dict(removed)
    assert len({uid for _, uid in placed}) == len(placed) == back.total
    for folder, guid in set(kept):
        returned = sum(guids[uid] == guid for place, uid in placed if place == folder)
        assert returned <= kept.count((folder, guid))
    for guid in set(hidden):
        lost = sum(one == guid for _, one in kept)
        assert sum(guids[uid] == guid for _, uid in placed) == min(lost, hidden.count(guid))


@given(st.text(alphabet="aé \t\r\n"))
def test_white_space_of_a_subject_does_not_count(subject: str) -> None:
    comparable = comparable_subject(subject)
    assert comparable == comparable_subject(f" {subject}\r\n ")
    assert "  " not in comparable


def test_a_sender_alone_is_no_mark() -> None:
    assert list(marks(Criteria(sender="a@b.example"))) == []
    both = list(marks(Criteria(sender="A@b.example", subject=" Votre  compte")))
    assert both == ["letter:" + hashlib.sha256(b"a@b.example\nVotre compte").hexdigest()]
    others = Criteria(message_id="<x@y>", link="https://p.example/x", file_sha256="AB" * 32)
    assert [mark.partition(":")[0] for mark in marks(others)] == ["id", "link", "file"]


def test_a_message_id_is_a_mark_with_its_sender_once_that_is_known() -> None:
    alone, sent = (list(marks(Criteria("<x@y>", sender))) for sender in ("", "A@b.example"))
    assert sent == ["sent-id:" + hashlib.sha256(b"a@b.example\nx@y").hexdigest()]
    assert alone == ["id:" + hashlib.sha256(b"x@y").hexdigest()]
    assert list(marks(Criteria("<4jcL145XDTz1dbQY>"))) == []


@given(
    st.text(alphabet="ab <>\t"), st.sampled_from(["a@x", "B@x", ""]), st.sampled_from(["<i@x>", "<j@x>", ""])
)
def test_a_message_bears_the_marks_of_what_names_it(subject: str, sender: str, message_id: str) -> None:
    criteria = Criteria(message_id, sender, subject)
    assert set(marks(criteria)) <= marks_of_message([sender, "autre@x"], subject, message_id)


@pytest.mark.parametrize("written", ["<4jcL145XDTz1dbQY>", " 4jcL145XDTz1dbQY "])
def test_a_queue_identifier_is_no_message_id(written: str) -> None:
    assert queue_id_in(written) == "4jcL145XDTz1dbQY"
    assert queue_id_in("<4jcL145XDTz1dbQY@x>") == queue_id_in("aeiou1234z1") == ""
