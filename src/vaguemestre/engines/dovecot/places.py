"""SQL by which Dovecot finds the pod of a mailbox (`engines/projection/places.py` writes it)."""

from typing import NamedTuple

from vaguemestre.engines.instance import Instance
from vaguemestre.engines.network_shapes import PortsShape


class ServedPod(NamedTuple):
    """`lives_here`: condition on `mailbox.mailbox`."""

    name: str
    lives_here: str


def served(instance: Instance) -> ServedPod | None:
    """The pod whose mailboxes this Dovecot keeps; None on one machine."""
    if not instance.served_pod:
        return None
    first = instance.topology.pods[0].name
    names = [instance.served_pod, *([""] if instance.served_pod == first else [])]
    among = ", ".join(f"'{name}'" for name in names)
    return ServedPod(instance.served_pod, f"{_pod_of('mailbox.mailbox')} IN ({among})")


def forwarding_fields(ports: PortsShape, mailbox: str) -> str:
    """The fields that make a sign-in or a delivery go on to the pod of a mailbox (a column).

    Postfix asks about passwords too (protocol `smtp`): nothing goes on then.
    """
    goes_on = "'%{protocol}' IN ('imap', 'sieve', 'lmtp')"
    by_protocol = {"imap": ports.imaps, "sieve": ports.managesieve, "lmtp": ports.pod_lmtp}
    cases = " ".join(f"WHEN '{protocol}' THEN '{port}'" for protocol, port in by_protocol.items())
    return ", ".join(
        (
            f"CASE WHEN {goes_on} THEN 'Y' END AS proxy",
            f"CASE WHEN {goes_on} THEN (SELECT host FROM pod WHERE pod.pod = {_pod_of(mailbox)}) END AS host",  # noqa: S608 (our own names)
            f"CASE '%{{protocol}}' {cases} END AS port",
            "CASE WHEN '%{protocol}' IN ('imap', 'lmtp') THEN 'yes' END AS ssl",
            "CASE WHEN '%{protocol}' = 'sieve' THEN 'yes' END AS starttls",
        )
    )


def _pod_of(mailbox: str) -> str:
    return f"COALESCE((SELECT place.pod FROM place WHERE place.mailbox = {mailbox}), '')"  # noqa: S608
