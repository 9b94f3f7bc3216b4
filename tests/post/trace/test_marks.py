"""Marks of messages: computed alike everywhere, stored once, found by an index, gone with their month."""

import datetime as dt

import pytest
from django.db import connection
from tests.post.trace.test_services import NOW, Log, on_postgresql, roll, step, store, stored

from vaguemestre.engines.postfix.log.steps import postfix_steps
from vaguemestre.post.trace import services
from vaguemestre.post.trace.models import MessageMark
from vaguemestre.post.trace.queries import queue_ids_with_marks
from vaguemestre.post.trace.queries.searches import marked
from vaguemestre.post.trace.rules.marks import file_mark, link_mark, marks_key, subject_mark, verdict_mark
from vaguemestre.post.trace.rules.verdicts import verdict_of
from vaguemestre.post.trace.values import Step, StepKind, Verdict

pytestmark = pytest.mark.django_db
STRIP = "milter-header-strip: header Vaguemestre-Marks: "
LINE = "Nov 28 11:00:00 mail postfix/mx/cleanup[12]: 4jdfk54VNZz1pQHF: {}"
WRITTEN = NOW


def told(text: str) -> list[tuple[StepKind, str, tuple[int, ...]]]:
    return [(one.kind, one.status, one.marks) for one in postfix_steps(LINE.format(text), WRITTEN)]


def test_the_same_thing_has_the_same_mark_and_another_key_another() -> None:
    key, other = marks_key("un"), marks_key("deux")
    assert subject_mark(key, " Votre\t compte ") == subject_mark(key, "Votre compte")
    assert subject_mark(key, "x") != subject_mark(other, "x")
    assert len({subject_mark(key, "x"), link_mark(key, "x"), file_mark(key, "x")}) == 3
    assert file_mark(key, "AB") == file_mark(key, "ab")
    assert max(subject_mark(key, f"{number}") for number in range(100)) < 2**60


def test_marks_of_verdicts_never_change() -> None:
    assert [verdict_mark(verdict) for verdict in Verdict] == [1, 2, 3, 4, 5, 6, 7]
    assert list(Verdict)[:7] == ["junk", "virus", "macro", "fraud", "refused", "put-off", "unexamined"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (STRIP + "junk 00000000000000a 0000000000000ff from x;", [(StepKind.JUDGED, "junk", (10, 255))]),
        (STRIP + "more 00000000000000a from x[1.2.3.4]; from=<a@b>", [(StepKind.JUDGED, "", (10,))]),
        (STRIP + "clean from x[1.2.3.4];", [(StepKind.JUDGED, "", ())]),
        (STRIP + "junk 0000000000000", []),  # cut
        (f"warning: header Subject: {STRIP}junk 00000000000000a from x", []),
    ],
)  # fmt: skip
def test_marks_are_read_in_the_line_of_who_adds_them_alone(
    text: str, expected: list[tuple[StepKind, str, tuple[int, ...]]]
) -> None:
    assert told(text) == expected


def test_marks_and_verdicts_are_stored_once_and_found_since_a_day() -> None:
    refusal = "milter-reject: END-OF-MESSAGE from x[1.2.3.4]: 5.7.1 non"
    judged = step(StepKind.JUDGED, queue_id="q1", marks=(10, 11), status="junk")
    store(
        judged,
        judged,
        step(StepKind.JUDGED, queue_id="q2", marks=(10,)),
        step(StepKind.REJECTED, queue_id="q3", status="5.7.1", detail=refusal),
        step(StepKind.UNEXAMINED, queue_id="q4"),
        step(StepKind.JUDGED, queue_id="q5", marks=(10,), at=NOW - dt.timedelta(days=9)),
    )
    since = NOW - dt.timedelta(days=1)
    assert queue_ids_with_marks([10], since) == {"q1", "q2"}
    assert queue_ids_with_marks([11, verdict_mark(Verdict.REFUSED)], since) == {"q1", "q3"}
    assert queue_ids_with_marks([verdict_mark(Verdict.JUNK)], since) == {"q1"}
    assert queue_ids_with_marks([verdict_mark(Verdict.UNEXAMINED)], since) == {"q4"}
    assert stored() == ["q1", "q1", "q3", "q4"], "nothing to say: no step"


@pytest.mark.parametrize(
    ("steps", "verdict"),
    [
        ([step(StepKind.UNEXAMINED), step(StepKind.JUDGED, status="virus")], Verdict.VIRUS),
        ([step(StepKind.REJECTED, status="4.7.1", detail="milter-reject: …")], Verdict.PUT_OFF),
        ([step(StepKind.REJECTED, status="5.7.1", detail="reject: RCPT …")], None),
        ([step(StepKind.REJECTED, status="5.7.1", detail="milter-reject: …")], Verdict.REFUSED),
        ([step(StepKind.REJECTED, status="5.7.28", detail="milter-reject: …")], None),
        ([step(StepKind.REJECTED, status="5.3.4", detail="milter-reject: …")], None),
        ([step(StepKind.JUDGED, status="neuf")], None),
    ],
)
def test_the_last_verdict_counts(steps: list[Step], verdict: Verdict | None) -> None:
    assert verdict_of(steps) == verdict


def test_a_search_by_mark_reads_one_range_of_one_index() -> None:
    rows = marked(10, NOW - dt.timedelta(days=365), NOW).order_by("-at")[:100].values_list("queue_id", "at")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET enable_seqscan = off")  # the table of a test is too small for an index
            plan = rows.explain()
            cursor.execute("RESET enable_seqscan")
        assert "_pkey" in plan
        assert "Seq Scan" not in plan
        assert "->  Sort" not in plan  # partitions are merged in the order of their indexes
    else:
        plan = rows.explain()
        assert "USING COVERING INDEX" in plan
        assert "(mark=? AND at>? AND at<?)" in plan
        assert "TEMP B-TREE" not in plan


@pytest.mark.skipif(connection.vendor == "postgresql", reason="this run is on PostgreSQL")
def test_marks_of_months_over_are_deleted_and_others_stay() -> None:
    for number, days in enumerate((500, 400, 30, 0)):
        at = NOW - dt.timedelta(days=days)
        store(step(StepKind.JUDGED, queue_id=f"q{number}", marks=(10,), at=at))
    services.purge_steps(12, now=NOW)
    assert set(MessageMark.objects.values_list("queue_id", flat=True)) == {"q2", "q3"}


@on_postgresql
def test_a_month_of_marks_is_a_partition_dropped_with_that_of_its_steps() -> None:
    roll(dt.date(2031, 5, 31), 60)
    for month in (5, 12):
        at = dt.datetime(2031, month, 2, tzinfo=dt.UTC)
        store(step(StepKind.JUDGED, queue_id=f"q{month}", marks=(10,), at=at))
    roll(dt.date(2031, 9, 1), 3)
    assert list(MessageMark.objects.values_list("queue_id", flat=True)) == ["q12"]


def test_a_log_read_in_pieces_stores_the_marks_of_each() -> None:
    log = Log([step(StepKind.JUDGED, queue_id=f"q{n}", marks=(10,)) for n in range(3)], most=1)
    for _ in range(4):
        services.collect_steps("postfix", log, now=NOW)
    assert queue_ids_with_marks([10], NOW) == {"q0", "q1", "q2"}
