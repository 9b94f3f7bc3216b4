"""What to do when the database does not answer, where this instance runs. Pure but for who looks after it."""

from vaguemestre.processes.production.machine.local_database import is_local
from vaguemestre.processes.production.units.unit_states import is_under_systemd
from vaguemestre.site.config import Config


def database_advice(config: Config) -> str:
    """A clause in French, without a full stop."""
    database = config.database
    if members := ", ".join(f"« {node.name} »" for node in config.topology.database_nodes):
        return (
            f"ici « systemctl status haproxy » ; sur {members}, « patronictl -c /etc/patroni/config.yml "
            "list » dit qui écrit (docs/operations/several-machines.md)"
        )
    if not is_under_systemd(config):
        return "lancez bin/up"
    if is_local(config):
        return "« systemctl status postgresql », puis « systemctl status vaguemestre-prepare »"
    if database.engine == "postgresql":
        return f"joignez qui tient PostgreSQL à {database.host}, et le réseau jusqu’à lui"
    return "« systemctl status vaguemestre-prepare », et la place : « df -h /var/lib/vaguemestre »"
