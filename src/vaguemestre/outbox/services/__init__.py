"""Sending once, judging what is submitted, following what left."""

from vaguemestre.outbox.services.leaving import (
    LEASE,
    cancel_message,
    queue_message,
    resume_messages,
    send_message,
)

__all__ = ["LEASE", "cancel_message", "queue_message", "resume_messages", "send_message"]
