"""What etcd, Patroni and HAProxy read. Pure."""

from pathlib import Path

from vaguemestre.engines.cluster import members
from vaguemestre.engines.cluster.members import DatabaseCluster
from vaguemestre.engines.config_templates import render

_HERE = Path(__file__).parent


def etcd_text(cluster: DatabaseCluster, name: str) -> str:
    """/etc/default/etcd of that member: its environment (etcd.io/docs/v3.5/op-guide/configuration)."""
    peers = ",".join(f"{one.name}=https://{one.at(members.ETCD_PEER_PORT)}" for one in cluster.members)
    return _rendered("etcd.env.j2", cluster, name, peers=peers)


def patroni_text(cluster: DatabaseCluster, name: str, programs: Path, data: Path) -> str:
    """Patroni's YAML of that member. `programs`: PostgreSQL's binaries; `data`: the folder of its cluster.

    Below `bootstrap` only the first start counts: later changes belong to `patronictl edit-config`.
    """
    stores = ",".join(one.at(members.ETCD_CLIENT_PORT) for one in cluster.members)
    return _rendered("patroni.yml.j2", cluster, name, stores=stores, programs=programs, data=data)


def database_route_text(cluster: DatabaseCluster) -> str:
    """haproxy.cfg of a machine that uses the database: its loopback leads to whichever member is primary."""
    return _rendered("database_route.cfg.j2", cluster)


def _rendered(template: str, cluster: DatabaseCluster, name: str = "", **values: object) -> str:
    own = cluster.member_named(name) if name else None
    return render(_HERE, template, cluster=cluster, own=own, ports=members, **values)
