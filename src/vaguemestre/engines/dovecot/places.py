"""SQL by which Dovecot finds the pod of a mailbox (`engines/projection/places.py` writes it)."""

from collections.abc import Mapping
from typing import NamedTuple

from vaguemestre.engines.instance import Instance
from vaguemestre.engines.network_shapes import PodShape


class ServedPod(NamedTuple):
    """`lives_here`: condition on `mailbox.mailbox`."""

    name: str
    lives_here: str


def served_pod(instance: Instance) -> ServedPod | None:
    """The pod whose mailboxes this Dovecot keeps; None on one machine."""
    if not instance.served_pod:
        return None
    first = instance.topology.pods[0].name
    names = [instance.served_pod, *([""] if instance.served_pod == first else [])]
    among = ", ".join(f"'{name}'" for name in names)
    return ServedPod(instance.served_pod, f"{_pod_of('mailbox.mailbox')} IN ({among})")


def forwarding_fields(instance: Instance, mailbox: str) -> str:
    """The fields that make a sign-in or a delivery go on to the pod of a mailbox (a column).

    By the HAProxy of this machine, without TLS until there: between two TLS streams Dovecot 2.4.1 sometimes
    stops in the middle of an answer. Postfix asks about passwords too (protocol `smtp`): nothing then.
    """
    goes_on, ports = "'%{protocol}' IN ('imap', 'sieve', 'lmtp')", instance.ports
    proxy = f"CASE WHEN {goes_on} THEN 'Y' END AS proxy"
    cases = " ".join(f"WHEN '{pod.name}' THEN '{way}'" for pod, way in ways(instance))
    first = ways(instance)[0][1]
    host = f"CASE WHEN {goes_on} THEN CASE {_pod_of(mailbox)} {cases} ELSE '{first}' END END AS host"
    by_protocol = {"imap": ports.imap, "sieve": ports.pod_managesieve, "lmtp": ports.pod_lmtp}
    return ", ".join((proxy, host, _port(by_protocol)))


def _port(by_protocol: Mapping[str, int]) -> str:
    cases = " ".join(f"WHEN '{protocol}' THEN '{port}'" for protocol, port in by_protocol.items())
    return f"CASE '%{{protocol}}' {cases} END AS port"


def ways(instance: Instance) -> tuple[tuple[PodShape, str], ...]:
    """Each pod, and the address of the loopback where HAProxy leads to it."""
    return tuple((pod, f"127.0.77.{number}") for number, pod in enumerate(instance.topology.pods, 1))


def _pod_of(mailbox: str) -> str:
    return f"COALESCE((SELECT place.pod FROM place WHERE place.mailbox = {mailbox}), '')"  # noqa: S608
