"""What must be there on this machine: of several, each has duties of its own."""

import sys
from collections.abc import Iterator

from vaguemestre.processes.production.nodes import haproxy, routes
from vaguemestre.processes.production.nodes.database_member import ETCD, PATRONI
from vaguemestre.processes.production.nodes.entry_machine import KEEPALIVED
from vaguemestre.processes.production.nodes.pod_member import COROSYNC, PACEMAKER
from vaguemestre.processes.production.units.children import children_of
from vaguemestre.processes.production.units.shared_pod import started_at_boot
from vaguemestre.processes.production.units.unit_states import is_under_systemd
from vaguemestre.processes.production.units.units import PREPARE, service_name
from vaguemestre.site.config import Config
from vaguemestre.site.config.topology import DATABASE, ENTRY, NodeSection
from vaguemestre.site.monitoring.probes import is_ours

_RESERVED = frozenset(("test", "example", "invalid", "localhost"))


def node_of(config: Config) -> NodeSection | None:
    """The `[[node]]` of this machine; None for the only machine of an installation."""
    return config.topology.node_named(config.machine)


def shows_pages(config: Config) -> bool:
    """Whether pages and the doors of the world are here."""
    return has_processes(config) and not config.served_pod


def has_processes(config: Config) -> bool:
    """Whether processes of ours run here; else only engines of Debian."""
    node = node_of(config)
    return node is None or node.serves


def is_demonstration(config: Config) -> bool:
    """Whether bin/up keeps an instance of names that no DNS of the world will ever hold (RFC 6761)."""
    names = config.domains
    return not is_under_systemd(config) and all(name.rpartition(".")[2] in _RESERVED for name in names)


def waits(config: Config) -> bool:
    """Whether another machine serves the pod that this one could."""
    pod = config.topology.pod_named(config.served_pod) if config.is_pod_shared else None
    return pod is not None and not is_ours(pod.address)


def wanted_units(config: Config) -> tuple[str, ...]:
    """Every unit that must be active here now."""
    return tuple(dict.fromkeys((*_our_units(config), *_units_of_duties(config))))


def _our_units(config: Config) -> Iterator[str]:
    if waits(config):
        yield from started_at_boot(PREPARE)
    elif has_processes(config):
        yield from (f"{service_name(child.name)}.service" for child in children_of(config, sys.executable))


def _units_of_duties(config: Config) -> Iterator[str]:
    node = node_of(config)
    if node is None:
        return
    if ENTRY in node.duties:
        yield from (haproxy.UNIT, KEEPALIVED)
    elif node.serves and routes.are_wanted(config):
        yield haproxy.UNIT
    if DATABASE in node.duties:
        yield from (ETCD, PATRONI)
    if any(node.name in pod.nodes for pod in config.topology.shared_pods):
        yield from (COROSYNC, PACEMAKER)


def wanted_ports(config: Config) -> tuple[int, ...]:
    """Ports that must answer at `config.listen_addresses`."""
    ports = config.ports
    if config.served_pod:
        doors = (ports.imaps, ports.pod_managesieve, ports.pod_lmtp, ports.pod_agent)
        return () if waits(config) else doors
    if not has_processes(config):
        return ()
    return (ports.mx, ports.web, ports.submissions, ports.submission, ports.imaps, ports.managesieve)


def role_fr(config: Config) -> str:
    """What this machine does among several; empty for the only one."""
    node = node_of(config)
    if node is None:
        return ""
    pod = f", groupe de boîtes « {config.served_pod} »" if config.served_pod else ""
    waiting = " servi par une autre machine : celle-ci attend" if waits(config) else ""
    return f"« {node.name} » : {', '.join(node.duties)}{pod}{waiting}"
