"""Delivery, submission policy, held mail, quarantine, delivery status."""

from vaguemestre.post.outbox.services.delivery import (
    cancel_message,
    queue_message,
    send_message,
)
from vaguemestre.post.outbox.services.delivery_status import (
    collect_reports,
    forget_domain,
    read_deliveries,
)
from vaguemestre.post.outbox.services.due_dates import reschedule_message
from vaguemestre.post.outbox.services.erasure import forget_person
from vaguemestre.post.outbox.services.held_mail import (
    announce_bulk_send,
    discard_held,
    end_hold,
    end_holds,
    release_held,
)
from vaguemestre.post.outbox.services.preferences import save_sending_preferences
from vaguemestre.post.outbox.services.retention import purge_submissions
from vaguemestre.post.outbox.services.retry import retry_overdue_messages
from vaguemestre.post.outbox.services.self_mail import send_self_mail
from vaguemestre.post.outbox.services.stopped_mail import discard_outgoing, release_outgoing, stop_outgoing
from vaguemestre.post.outbox.services.submission_lease import LEASE
from vaguemestre.post.outbox.services.submission_policy import judge_automatic, judge_submission
from vaguemestre.post.outbox.services.withdrawn_mail import (
    forget_withdrawn_messages,
    take_back_refused,
    withdraw_author_messages,
    withdraw_due_messages,
    withdraw_held_messages,
    withdraw_waiting_messages,
)

__all__ = [
    "LEASE",
    "announce_bulk_send",
    "cancel_message",
    "collect_reports",
    "discard_held",
    "discard_outgoing",
    "end_hold",
    "end_holds",
    "forget_domain",
    "forget_person",
    "forget_withdrawn_messages",
    "judge_automatic",
    "judge_submission",
    "purge_submissions",
    "queue_message",
    "read_deliveries",
    "release_held",
    "release_outgoing",
    "reschedule_message",
    "retry_overdue_messages",
    "save_sending_preferences",
    "send_message",
    "send_self_mail",
    "stop_outgoing",
    "take_back_refused",
    "withdraw_author_messages",
    "withdraw_due_messages",
    "withdraw_held_messages",
    "withdraw_waiting_messages",
]
