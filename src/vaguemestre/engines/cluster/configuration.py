"""What etcd, Patroni and HAProxy read. Pure."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from vaguemestre.engines.cluster import members
from vaguemestre.engines.cluster.members import DatabaseCluster, Member
from vaguemestre.engines.config_templates import render

_HERE = Path(__file__).parent
LET_GO = Path("/etc/haproxy/vaguemestre-let-go.lua")


def etcd_text(cluster: DatabaseCluster, name: str) -> str:
    """/etc/default/etcd of that member: its environment (etcd.io/docs/v3.5/op-guide/configuration)."""
    peers = ",".join(f"{one.name}=https://{one.at(members.ETCD_PEER_PORT)}" for one in cluster.members)
    return _rendered("etcd.env.j2", cluster, name, peers=peers)


def etcd_leader_text(cluster: DatabaseCluster, name: str) -> str:
    """The program that has another member lead etcd while that one's database writes."""
    return _rendered("etcd_leader.sh.j2", cluster, name)


def copy_text(programs: Path) -> str:
    """The program by which Patroni copies a database."""
    return render(_HERE, "pg_basebackup.sh.j2", programs=programs)


def patroni_text(cluster: DatabaseCluster, name: str, programs: Path, data: Path, copy: Path) -> str:
    """Patroni's YAML of that member. `programs`: PostgreSQL's binaries; `data`: the folder of its cluster;
    `copy`: where `copy_text` lies.

    Below `bootstrap` only the first start counts: later changes belong to `patronictl edit-config`.
    """
    stores = ",".join(one.at(members.ETCD_CLIENT_PORT) for one in cluster.members)
    return _rendered("patroni.yml.j2", cluster, name, stores=stores, programs=programs, data=data, copy=copy)


class Route(NamedTuple):
    """`bind`: an address and port of the loopback; `port`: of the servers, who say `greeting` first.

    `shown_name`: what their certificate must be for, by `authority`; empty: TLS is none of HAProxy's.
    """

    name: str
    bind: str
    port: int
    greeting: str
    servers: tuple[Member, ...]
    shown_name: str = ""
    authority: Path = Path()


class RecipientDoors(NamedTuple):
    """Ports of the loopback for what the MX asks; both reach a database that follows while none writes.

    `first`: to the one that writes if there is one. `again`: for a question that failed there, since the one
    that writes may be stopping while HAProxy does not know it yet.
    """

    first: int
    again: int


def routes_text(
    cluster: DatabaseCluster,
    routes: Sequence[Route] = (),
    recipients: RecipientDoors | None = None,
    let_go: Path = LET_GO,
) -> str:
    """haproxy.cfg of a machine that uses the others: its loopback leads to whichever database is primary, and
    by `routes` to who answers. `let_go`: where `let_go_text` lies.
    """
    return _rendered("routes.cfg.j2", cluster, routes=routes, recipients=recipients, let_go=let_go)


def let_go_text() -> str:
    """What ends the connections to a machine that is found dead, in HAProxy's Lua."""
    return (_HERE / "let_go.lua").read_text(encoding="utf-8")


def _rendered(template: str, cluster: DatabaseCluster, name: str = "", **values: object) -> str:
    own = cluster.member_named(name) if name else None
    return render(_HERE, template, cluster=cluster, own=own, ports=members, **values)
