"""Sending once, judging what is submitted, holding, following what left."""

from vaguemestre.post.outbox.services.delivery import (
    LEASE,
    cancel_message,
    queue_message,
    reschedule_message,
    resume_messages,
    send_message,
    withdraw_waiting,
)
from vaguemestre.post.outbox.services.delivery_status import (
    forget_domain,
    forget_passages,
    gather_reports,
    read_deliveries,
)
from vaguemestre.post.outbox.services.erasure import forget_person
from vaguemestre.post.outbox.services.held_mail import discard_held, end_hold, expect_bulk, release_held
from vaguemestre.post.outbox.services.preferences import prefer_sending
from vaguemestre.post.outbox.services.quarantine import let_go, stop_outgoing, throw_away
from vaguemestre.post.outbox.services.submission_policy import judge_automatic, judge_posting

__all__ = [
    "LEASE",
    "cancel_message",
    "discard_held",
    "end_hold",
    "expect_bulk",
    "forget_domain",
    "forget_passages",
    "forget_person",
    "gather_reports",
    "judge_automatic",
    "judge_posting",
    "let_go",
    "prefer_sending",
    "queue_message",
    "read_deliveries",
    "release_held",
    "reschedule_message",
    "resume_messages",
    "send_message",
    "stop_outgoing",
    "throw_away",
    "withdraw_waiting",
]
