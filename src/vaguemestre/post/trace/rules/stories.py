"""The fate of a message for each recipient, from its steps; and the steps that a person may see."""

from collections.abc import Collection, Iterable

from vaguemestre.foundation.kernel.addresses import has_list_form
from vaguemestre.post.mailstore.values import QUARANTINE
from vaguemestre.post.trace.values import Engine, Fate, Step, StepKind

_FATES = {
    StepKind.REJECTED: Fate.REJECTED,
    StepKind.DEFERRED: Fate.WAITING,
    StepKind.DELIVERED: Fate.DELIVERED,
    StepKind.REFUSED: Fate.REFUSED,
    StepKind.DISCARDED: Fate.DISCARDED,
}
# the worst of several recipients stands for the message
_WORST = (
    Fate.REFUSED, Fate.REJECTED, Fate.HELD, Fate.PUT_OFF, Fate.WAITING, Fate.DISCARDED,
    Fate.ON_ITS_WAY, Fate.DELIVERED,
)  # fmt: skip


_FILTERS_DOOR = "sieve"  # Postfix's log name of the service by which filters of mailboxes send


def is_quarantined(step: Step) -> bool:
    """Whether Sieve filed a delivery in quarantine."""
    return step.kind is StepKind.FILED and step.detail == f"stored mail into mailbox '{QUARANTINE}'"


def is_to_mailbox(step: Step) -> bool:
    """Whether the step delivers to a mailbox of ours."""
    return step.kind is StepKind.DELIVERED and "[/" in step.relay


def is_put_off(step: Step) -> bool:
    """Whether our door refused for now, so that the other server tries again (RFC 5321 §4.2.1)."""
    return step.kind is StepKind.REJECTED and step.status.startswith("4")


def without_list_detail(sender: str) -> str:
    """The address of a list as people know it, without what marks one letter and one recipient."""
    local, at, domain = sender.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}" if has_list_form(sender) else sender


def sender_of(steps: Iterable[Step]) -> str:
    """The envelope sender; empty if no step says, or for a notice."""
    return next((step.sender for step in steps if step.sender), "")


def fates_of(steps: Iterable[Step]) -> dict[str, Fate]:
    """Recipient → fate; the last step of a recipient decides. `steps`: in order."""
    fates: dict[str, Fate] = {}
    for step in steps:
        fate = Fate.PUT_OFF if is_put_off(step) else _FATES.get(step.kind)
        if fate and step.recipient:
            fates[step.recipient.lower()] = fate
    return fates


def overall_fate(fates: Collection[Fate], steps: Collection[Step] = ()) -> Fate:
    """The worst of the recipients' fates; without any, the fate of the whole message by its steps."""
    for fate in _WORST:
        if fate in fates:
            return fate
    return Fate.HELD if any(step.kind is StepKind.HELD for step in steps) else Fate.ON_ITS_WAY


def masked(address: str, domain: str) -> str:
    """The address, or `…@domain` if it is in that domain or a subdomain; unchanged without a domain."""
    host = address.rpartition("@")[2].lower()
    is_of_domain = bool(domain) and (host == domain or host.endswith(f".{domain}"))
    return f"…@{domain}" if is_of_domain else address


def seen_by(steps: Collection[Step], addresses: Collection[str]) -> tuple[Step, ...]:
    """The steps that the owner of these addresses may see.

    Of what they sent, all that the queue did with it; of what they received, their own: other recipients may
    be hidden ones (Bcc). What became of it inside a mailbox, or where a filter sent it on, is for its owner.
    Messages with one Message-ID may be of several senders: each is judged by its own.
    """
    in_queue = [step for step in steps if step.queue_id]
    senders = _sender_by_queue_id(in_queue)
    sent = {queue_id for queue_id, sender in senders.items() if sender.lower() in addresses}
    sent -= {step.queue_id for step in in_queue if is_sent_on([step])}
    received = {step.queue_id for step in in_queue if step.recipient.lower() in addresses}

    def is_seen(step: Step) -> bool:
        if step.recipient.lower() in addresses:
            return True
        if step.engine is Engine.DOVECOT:
            return False
        if step.queue_id in sent or (not step.queue_id and step.sender.lower() in addresses):
            return True
        is_of_all = not step.recipient and step.kind in (StepKind.QUEUED, StepKind.HELD)
        return step.queue_id in received and (is_of_all or step.kind is StepKind.RECEIVED)

    return tuple(step for step in steps if is_seen(step))


def is_sent_on(steps: Iterable[Step]) -> bool:
    """Whether a filter of a mailbox sent the message on: it keeps the address of its author, who does not."""
    return any(step.kind is StepKind.RECEIVED and step.relay == _FILTERS_DOOR for step in steps)


def _sender_by_queue_id(steps: Iterable[Step]) -> dict[str, str]:
    """Queue identifier → envelope sender; without those of which no step tells it."""
    senders: dict[str, str] = {}
    for step in steps:
        if step.sender:
            senders.setdefault(step.queue_id, step.sender)
    return senders
