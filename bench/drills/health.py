"""Whether everything is as before the fault; what mailboxes hold."""

import contextlib
import http.client
import json
import re
from collections import Counter

from bench.drills.cluster import DATABASES, FRONTS, HOSTS, Cluster
from bench.drills.load import opens_mailbox
from tests.machines.visitor import Visitor

_PATRONI = ("patronictl", "-c", "/etc/patroni/config.yml", "list", "-f", "json")
# not what its author keeps of it
_FETCH = (
    'for box; do echo "= $box"; '
    'doveadm -c {0} fetch -u "$box" hdr.subject NOT mailbox Sent NOT mailbox Drafts; done'
)
_DOVECOT = "/var/lib/vaguemestre/engines/dovecot/dovecot.conf"


def missing(cluster: Cluster) -> str:
    """What is not whole yet, in words; empty when all is. The cheapest questions first."""
    off = [name for name, machine in cluster.machines.items() if not machine.pid]
    if off:
        return f"off: {' '.join(off)}"
    for name in ("", *FRONTS):
        if not _shows_pages(cluster, name):
            return f"pages of {name or 'the entries'}"
    if not opens_mailbox(cluster.client(), cluster.agents[1]):
        return "mail"
    return _missing_hosts(cluster) or _missing_databases(cluster)


def _shows_pages(cluster: Cluster, name: str) -> bool:
    with contextlib.suppress(OSError, http.client.HTTPException):
        return Visitor(cluster.client(name), timeout=10).ask("/alogin") == 200
    return False


def server(cluster: Cluster) -> str:
    """The machine that serves the pod; "" while none does."""
    holders = cluster.holders()
    return holders[0] if len(holders) == 1 else ""


def _missing_hosts(cluster: Cluster) -> str:
    name = server(cluster)
    if not name:
        return "the pod is nowhere"
    members = cluster.machines[name].run("crm_node", "--partition").stdout.split()
    gone = sorted(set(HOSTS) - set(members))
    return f"Pacemaker does not see {' '.join(gone)}" if gone else ""


def _missing_databases(cluster: Cluster) -> str:
    told = cluster.machines[DATABASES[-1]].run("timeout", "10", *_PATRONI)
    if told.returncode:
        return "Patroni does not answer"
    states = {one["Member"]: (one["Role"], one["State"]) for one in json.loads(told.stdout)}
    roles = Counter(role for role, state in states.values() if state in ("running", "streaming"))
    if roles["Leader"] != 1 or sum(roles.values()) < len(DATABASES):
        return f"databases: {states}"
    return "" if roles["Sync Standby"] else "no standby confirms"


def mailboxes(cluster: Cluster) -> dict[str, Counter[str]]:
    """Of each mailbox, how often each subject is there, in any folder."""
    script = _FETCH.format(_DOVECOT)
    machine = cluster.machines[server(cluster)]
    boxes: dict[str, Counter[str]] = {}
    box: Counter[str] = Counter()
    for line in machine.must("sh", "-c", script, "sh", *cluster.recipients).splitlines():
        if line.startswith("= "):
            box = boxes.setdefault(line[2:], Counter())
        elif match := re.match(r"hdr\.subject: (\S+)", line):
            box[match[1]] += 1
    return boxes
