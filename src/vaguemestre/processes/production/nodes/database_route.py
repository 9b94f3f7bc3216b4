"""HAProxy of a machine that uses the database: its loopback leads to whichever machine writes. As root."""

import subprocess
from pathlib import Path

from vaguemestre.engines.cluster.configuration import database_route_text
from vaguemestre.engines.config_templates import write
from vaguemestre.processes.production.machine.commands import StepFailed, are_active, has_text, run, succeeds
from vaguemestre.processes.production.nodes.database_member import comes
from vaguemestre.processes.production.nodes.keys import cluster_of
from vaguemestre.site.config import Config

HAPROXY, POSTGRESQL = "haproxy.service", "postgresql.service"
_FILE = Path("/etc/haproxy/haproxy.cfg")
_ANSWER_SECONDS = 60.0


class DatabaseRoute:
    """The way from this machine to the database."""

    def __init__(self, config: Config) -> None:
        self._members = ", ".join(node.name for node in config.topology.database_nodes)
        self._text = database_route_text(cluster_of(config))

    def leads(self) -> bool:
        """Whether HAProxy runs as configured and a database that writes answers."""
        return has_text(_FILE, self._text) and are_active(HAPROXY) and _answers()

    def lead(self) -> None:
        """Raises StepFailed when no database that writes answers."""
        subprocess.run(["systemctl", "disable", "--now", "--quiet", POSTGRESQL], check=False)
        run(("systemctl", "mask", "--quiet", POSTGRESQL))  # Debian's own would take the port
        is_changed = write(_FILE, self._text)
        run(("haproxy", "-c", "-q", "-f", str(_FILE)))
        run(("systemctl", "enable", "--quiet", HAPROXY))
        run(("systemctl", "reload-or-restart" if is_changed else "start", HAPROXY))
        if not comes(_answers, _ANSWER_SECONDS):
            raise StepFailed(
                f"aucune base qui écrit ne répond ({self._members}) : « patronictl list » y dit pourquoi. "
                "Si elles ne sont pas encore installées, faites-le d’abord."
            )


def _answers() -> bool:
    return succeeds("pg_isready", "-q", "-h", "127.0.0.1", "-p", "5432", "-t", "3")
