"""HAProxy of a machine that uses others: from its loopback to the database, the pods, the fronts. As root."""

import subprocess
from collections.abc import Iterator

from vaguemestre.engines.cluster.configuration import (
    LET_GO,
    RecipientDoors,
    Route,
    let_go_text,
    routes_text,
)
from vaguemestre.engines.cluster.members import Member
from vaguemestre.engines.config_templates import write
from vaguemestre.engines.dovecot import places
from vaguemestre.engines.tls import certificates
from vaguemestre.processes.production.machine.commands import StepFailed, has_text, run, succeeds
from vaguemestre.processes.production.nodes.database_member import comes
from vaguemestre.processes.production.nodes.haproxy import HAProxy
from vaguemestre.processes.production.nodes.keys import cluster_of
from vaguemestre.site.config import Config

POSTGRESQL = "postgresql.service"
_ANSWER_SECONDS = 60.0


def are_wanted(config: Config) -> bool:
    """Whether this machine reaches another one by HAProxy."""
    return bool(config.topology.database_nodes or config.topology.pods)


def routes_of(config: Config) -> Iterator[Route]:
    """HAProxy routes of this machine: from a pod to the fronts, from a front to the pods."""
    ports, topology = config.ports, config.topology
    if config.served_pod:
        fronts = tuple(Member(node.name, node.address) for node in topology.front_nodes)
        yield Route("sieve", f"127.0.0.1:{ports.injection}", ports.injection, "220", fronts)
        return
    authority = certificates.paths(config).ca
    for pod, way in places.ways(config):
        name_shown, servers = certificates.pod_name(pod.name), (Member(pod.name, pod.address),)
        for name, here, there, greeting in (
            ("imap", ports.imap, ports.imaps, "OK"),
            ("managesieve", ports.pod_managesieve, ports.pod_managesieve, "SIEVE"),
            ("lmtp", ports.pod_lmtp, ports.pod_lmtp, "220"),
        ):
            yield Route(
                f"{name}-{pod.name}", f"{way}:{here}", there, greeting, servers, name_shown, authority
            )


def recipient_doors(config: Config) -> RecipientDoors | None:
    """Where Postfix of this machine asks about recipients; None for a machine that has no Postfix."""
    ports = config.ports
    return None if config.served_pod else RecipientDoors(ports.recipients, ports.recipients_again)


class Routes:
    """The ways from this machine to others."""

    def __init__(self, config: Config) -> None:
        self._members = ", ".join(node.name for node in config.topology.database_nodes)
        self._text = routes_text(cluster_of(config), tuple(routes_of(config)), recipient_doors(config))

    def lead(self) -> bool:
        """Whether HAProxy runs as configured, and a database that writes answers where it leads to one."""
        is_taken = has_text(LET_GO, let_go_text()) and HAProxy().runs_as(self._text)
        return is_taken and (not self._members or _answers())

    def make(self) -> None:
        """Raises StepFailed when HAProxy does not take these ways, or no database that writes answers."""
        if self._members:
            subprocess.run(["systemctl", "disable", "--now", "--quiet", POSTGRESQL], check=False)
            run(("systemctl", "mask", "--quiet", POSTGRESQL))  # Debian's own would take the port
        write(LET_GO, let_go_text())
        HAProxy().take(self._text)
        if self._members and not comes(_answers, _ANSWER_SECONDS):
            raise StepFailed(
                f"aucune base qui écrit ne répond ({self._members}) : « patronictl list » y dit pourquoi. "
                "Si elles ne sont pas encore installées, faites-le d’abord."
            )


def _answers() -> bool:
    return succeeds("pg_isready", "-q", "-h", "127.0.0.1", "-p", "5432", "-t", "3")
