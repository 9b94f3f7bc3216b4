"""The filter's verdict, as it writes it in the message."""

from vaguemestre.post.quarantine.values import Reason, Verdict

_REASONS = frozenset(Reason)
_MAX_DETAIL_CHARACTERS = 80


def verdict_of(field: str) -> Verdict | None:
    """Reason and detail of a `Vaguemestre-Quarantine` field; None if it is not one of the filter's."""
    reason, _, detail = field.strip().partition(" ")
    return Verdict(Reason(reason), detail.strip()[:_MAX_DETAIL_CHARACTERS]) if reason in _REASONS else None
