"""Use cases of operations."""

from vaguemestre.desks.operations.services.measures import take_measures
from vaguemestre.desks.operations.services.queue_acts import MAX_MESSAGES, act_on_messages
from vaguemestre.desks.operations.services.retention import delete_old_measures

__all__ = ["MAX_MESSAGES", "act_on_messages", "delete_old_measures", "take_measures"]
