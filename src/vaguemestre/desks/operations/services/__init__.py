"""Use cases of operations."""

from vaguemestre.desks.operations.services.measures import take_measures
from vaguemestre.desks.operations.services.retention import delete_old_measures

__all__ = ["delete_old_measures", "take_measures"]
