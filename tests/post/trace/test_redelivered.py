"""What Postfix took up again, cut before it noted a delivery, is looked for in the mailbox once delivered."""

from datetime import UTC, datetime

import pytest
from django_tasks_db.models import DBTaskResult

from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.post.trace import handlers, ports
from vaguemestre.post.trace.events import HandedOverAgain
from vaguemestre.post.trace.models import MessageStep
from vaguemestre.post.trace.services import announce_redelivered
from vaguemestre.post.trace.values import StepKind

pytestmark = pytest.mark.django_db
MARIE = "marie@ac-amiens.test"


def log(queue_id: str, *kinds: StepKind) -> None:
    for kind in kinds:
        MessageStep.objects.create(
            number=MessageStep.objects.count() + 1,
            at=datetime(2026, 11, 28, 12, tzinfo=UTC),
            engine="postfix",
            kind=kind,
            queue_id=queue_id,
            message_id=f"<{queue_id}@x>" if kind is StepKind.IDENTIFIED else None,
        )


def test_only_what_was_taken_up_more_than_once_is_looked_for() -> None:
    log("once", StepKind.IDENTIFIED, StepKind.QUEUED, StepKind.DELIVERED)
    log("again", StepKind.IDENTIFIED, StepKind.QUEUED, StepKind.QUEUED, StepKind.DELIVERED)
    announce_redelivered([("once", MARIE), ("again", MARIE), ("unknown", MARIE)])
    (job,) = DBTaskResult.objects.all()
    assert job.args_kwargs["args"][2] == {"recipient": MARIE, "message_id": "<again@x>", "outlived": ""}


def test_what_a_start_found_in_the_queue_is_looked_for_though_the_log_lost_the_rest() -> None:
    log("lost", StepKind.QUEUED, StepKind.QUEUED, StepKind.DELIVERED)
    MessageStep.objects.filter(number=1).update(message_id="<lost@x>")
    announce_redelivered([("lost", MARIE)])
    (job,) = DBTaskResult.objects.all()
    assert job.args_kwargs["args"][2] == {"recipient": MARIE, "message_id": "<lost@x>", "outlived": ""}


def arrived(queue_id: str, to: str, *kinds: StepKind) -> None:
    """One message of one Message-ID, taken under that identifier."""
    before = MessageStep.objects.count()
    log(queue_id, *kinds, StepKind.DELIVERED)
    mine = MessageStep.objects.filter(number__gt=before)
    mine.filter(kind=StepKind.DELIVERED).update(recipient=to)
    mine.filter(kind=StepKind.IDENTIFIED).update(message_id="<one@x>")


def test_what_was_sent_again_after_a_cut_is_looked_for_in_the_mailbox_that_got_both() -> None:
    arrived("first", MARIE, StepKind.QUEUED)
    MessageStep.objects.filter(number=1).update(message_id="<one@x>")
    arrived("second", MARIE, StepKind.IDENTIFIED, StepKind.QUEUED)
    arrived("other", "paul@ac-amiens.test", StepKind.IDENTIFIED, StepKind.QUEUED)
    announce_redelivered([("second", MARIE), ("other", "paul@ac-amiens.test")])
    (job,) = DBTaskResult.objects.all()
    assert job.args_kwargs["args"][2] == {"recipient": MARIE, "message_id": "<one@x>", "outlived": "first"}


def test_what_was_sent_twice_without_a_cut_is_left_alone() -> None:
    arrived("first", MARIE, StepKind.IDENTIFIED, StepKind.QUEUED)
    arrived("second", MARIE, StepKind.IDENTIFIED, StepKind.QUEUED)
    announce_redelivered([("first", MARIE), ("second", MARIE)])
    assert not DBTaskResult.objects.exists()


def test_an_address_that_is_not_ours_stops_nothing() -> None:
    def refuse(recipient: str, message_id: str, outlived: str = "") -> int:
        raise EngineRefused("no such mailbox")

    before = ports.drop_redelivered.get()
    ports.drop_redelivered.replace(refuse)
    try:
        handlers.drop_second_copies(HandedOverAgain("x@dehors.example", "<a@x>"))
    finally:
        ports.drop_redelivered.replace(before)
