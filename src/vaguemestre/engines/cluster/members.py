"""The machines whose databases follow one another, as their engines need them. Values."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

SCOPE = "vaguemestre"  # what Patroni and etcd call this cluster
POSTGRES_PORT = 5432
PATRONI_PORT = 8008
ETCD_CLIENT_PORT, ETCD_PEER_PORT = 2379, 2380
REPLICATION_ROLE = "vaguemestre_replication"
REWIND_ROLE = "vaguemestre_rewind"


class Member(NamedTuple):
    """A machine: its name, and its address on the network between machines."""

    name: str
    address: str

    def at(self, port: int) -> str:
        """`address:port`; an IPv6 address in brackets (RFC 3986 §3.2.2)."""
        return f"[{self.address}]:{port}" if ":" in self.address else f"{self.address}:{port}"

    @property
    def network(self) -> str:
        """The member's address as a network of one host, for pg_hba.conf."""
        return f"{self.address}/{128 if ':' in self.address else 32}"


@dataclass(frozen=True)
class DatabaseCluster:
    """`members`: machines with a database; `clients`: those that use it; `keys`: folder of this machine's."""

    members: tuple[Member, ...]
    clients: tuple[Member, ...]
    database: str
    keys: Path

    @property
    def authority(self) -> Path:
        return self.keys / "ca.pem"

    @property
    def certificate(self) -> Path:
        return self.keys / "node.pem"

    @property
    def key(self) -> Path:
        return self.keys / "node.key"

    def member_named(self, name: str) -> Member:
        """Raises LookupError."""
        for member in self.members:
            if member.name == name:
                return member
        raise LookupError(name)

    def client_networks(self) -> Iterable[str]:
        return (client.network for client in self.clients)
