"""Counts of steps for the metrics: deliveries, and refusals by place and reason."""

from vaguemestre.post.trace.values import CountedAs, Engine, Place, Step, StepKind

_COUNTED = frozenset(
    {StepKind.DELIVERED, StepKind.DEFERRED, StepKind.REFUSED, StepKind.REJECTED, StepKind.DISCARDED}
)
_SUBJECTS = {  # RFC 3463 §3, of an enhanced status code
    "1": "address",
    "2": "mailbox",
    "3": "system",
    "4": "network",
    "5": "protocol",
    "6": "content",
    "7": "policy",
}
_DETAILS = {
    "1.1": "unknown-recipient",
    "2.2": "mailbox-full",
    "2.3": "too-large",
    "3.4": "too-large",
    "7.28": "too-many",
}
_SENT_BACK = "status=force-expired, returned to sender"  # by an administrator: postsuper(1), -f


def counted_as(step: Step) -> CountedAs | None:
    """The count that a step adds to; None for a step that is neither a delivery nor a refusal."""
    if step.kind not in _COUNTED:
        return None
    reason = "" if step.kind is StepKind.DELIVERED else _reason(step)
    return CountedAs(step.kind, place_of(step), reason)


def place_of(step: Step) -> Place:
    """Place of a delivery or a refusal."""
    if step.kind is StepKind.REJECTED:
        return Place.DOOR
    if step.engine is Engine.DOVECOT:
        return Place.FILTER
    # the mail store's socket, or no server at all
    return Place.HERE if "[/" in step.relay or step.relay in ("", "none") else Place.OUTSIDE


def _reason(step: Step) -> str:
    """The reason, from a fixed list: what strangers write never becomes the name of a metric."""
    if step.engine is Engine.DOVECOT:
        return "filter"
    if not step.status:
        # otherwise the queue gave it up
        return "sent-back" if step.detail.endswith(_SENT_BACK) else "expired"
    _, _, detail = step.status.partition(".")
    return _DETAILS.get(detail) or _SUBJECTS.get(detail.partition(".")[0], "other")
