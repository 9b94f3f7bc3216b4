"""Reads of the steps of messages."""

from vaguemestre.post.trace.queries.searches import find_messages, queue_ids_with_marks
from vaguemestre.post.trace.queries.steps import (
    failures_of,
    last_number,
    log_reached_at,
    mailboxes_of,
    message_ids_taken_up_again,
    queue_ids_of_sender,
    queued_at,
    senders_by_queue_id,
    sent_again,
    step_counts,
    steps_after,
    steps_by_queue_id,
    steps_of_correspondent,
    steps_of_message,
    steps_of_queue_id,
    steps_of_recipient,
    steps_of_sender,
)

__all__ = (
    "failures_of",
    "find_messages",
    "last_number",
    "log_reached_at",
    "mailboxes_of",
    "message_ids_taken_up_again",
    "queue_ids_of_sender",
    "queue_ids_with_marks",
    "queued_at",
    "senders_by_queue_id",
    "sent_again",
    "step_counts",
    "steps_after",
    "steps_by_queue_id",
    "steps_of_correspondent",
    "steps_of_message",
    "steps_of_queue_id",
    "steps_of_recipient",
    "steps_of_sender",
)
