"""Mail copied from one pod to another, by Dovecot's own dsync: UIDs, flags, dates and scripts are kept."""

import ssl
from collections.abc import Mapping

from vaguemestre.desks.removals.values import REMOVED_COPIES
from vaguemestre.engines.dovecot.doveadm_server import PodDoveadm
from vaguemestre.engines.dovecot.pods.pod_agent import PodAgents
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.post.mailstore.values import DELETED_MESSAGES, QUARANTINE

# dsync leaves out namespaces that have a folder of their own on disk, unless it is told their names
_NAMESPACES = (
    "",
    *(f"{place.partition('/')[0]}/" for place in (DELETED_MESSAGES, REMOVED_COPIES, QUARANTINE)),
)
_NO_HOST = frozenset(("-NOHOST", "-68"))  # EX_NOHOST: nobody is connected
_SILENCE_SECONDS = "10"  # Dovecot 2.4.1 loses the end of a TLS stream at times, and would wait ten minutes
_MAX_TRIES = 5


class PodMail:
    """Implements `provisioning.ports.PodMail`. `hosts`: address of each pod; `port`: of its doveadm.

    The house's script (absences, blocked senders) is not Dovecot's: the agents of the two pods pass it on.
    """

    def __init__(
        self, hosts: Mapping[str, str], port: int, tls: ssl.SSLContext, password: str, agents: PodAgents
    ) -> None:
        self._hosts, self._port, self._agents = hosts, port, agents
        self._servers = {name: PodDoveadm((host, port), tls, password) for name, host in hosts.items()}

    def copy(self, mailbox: str, source: str, target: str) -> None:
        """Make the mailbox on `target` exactly what it is on `source`; quick when it nearly is."""
        self._synchronise("backup", mailbox, source, target)
        script = str(self._agents.ask(source, "get-script", mailbox))
        self._agents.ask(target, "put-script", mailbox, script)

    def merge(self, mailbox: str, source: str, target: str) -> None:
        """Copy to `target` what only `source` has; delete nothing."""
        self._synchronise("sync", mailbox, source, target, "-1")

    def cut(self, mailbox: str, pod: str) -> None:
        """Close every connection of that mailbox."""
        status = self._servers[pod].run("", "kick", mailbox).status
        if status != "+" and status not in _NO_HOST:
            raise EngineRefused(f"doveadm kick {status}")

    def empty(self, mailbox: str, pod: str) -> None:
        """Delete every message of that mailbox on the pod, and the house's script."""
        self._agents.ask(pod, "put-script", mailbox, "")
        for namespace in _NAMESPACES:
            status = self._servers[pod].run(mailbox, "expunge", "mailbox", f"{namespace}*", "all").status
            if status != "+":
                raise EngineRefused(f"doveadm expunge {status}")

    def _synchronise(self, verb: str, mailbox: str, source: str, target: str, *options: str) -> None:
        place = f"tcps:{self._hosts[target]}:{self._port}"
        for namespace in _NAMESPACES:  # one at a time: dsync waits for ever when told several
            self._run_until_whole(mailbox, source, verb, *options, "-n", namespace, place)

    def _run_until_whole(self, mailbox: str, source: str, *command: str) -> None:
        """Run dsync until it succeeds: it stops half-way, or mail comes meanwhile. Later runs are quick."""
        verb, *words = command
        for _ in range(_MAX_TRIES):
            status = self._servers[source].run(mailbox, verb, "-T", _SILENCE_SECONDS, *words).status
            if status == "+":
                return
        raise EngineDown(f"doveadm {verb} {mailbox}: {status}")
