"""The file of machines that are one installation: what each of them is, and what lies between them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from tests.machines import academy, power

DATABASE = "127.0.0.1"  # HAProxy of each machine leads to whichever writes


class Node(NamedTuple):
    name: str
    address: str
    duties: tuple[str, ...]


@dataclass(frozen=True)
class ClusterFile:
    """`entry`: the address of the entries; `pod`: that of the pod, which each machine with « pod » can serve.

    Either is "" where there is none. `database`: where it is asked. `tls`: the table about certificates.
    """

    nodes: tuple[Node, ...]
    entry: str = ""
    pod: str = ""
    database: str = DATABASE
    tls: str = academy.GIVEN_CERTIFICATE

    @property
    def hosts(self) -> tuple[str, ...]:
        """The machines that can serve the pod."""
        return tuple(node.name for node in self.nodes if self.pod and "pod" in node.duties)

    @property
    def text(self) -> str:
        """The whole file, the same on all of them."""
        return academy.CONFIGURATION + "\n".join((*self._network(), self.tls, *self._tables(), ""))

    def _network(self) -> Iterable[str]:
        yield 'trusted = ["127.0.0.0/8", "::1/128", "10.78.0.0/24"]'
        if self.entry:
            yield f"entry = {json.dumps([self.entry])}"

    def _tables(self) -> Iterable[str]:
        yield "[database]"
        yield 'engine = "postgresql"'
        yield f'host = "{self.database}"'
        yield 'password_file = "secrets/postgres_password"'
        if self.pod:
            yield from ("[[pod]]", 'name = "p1"', f'address = "{self.pod}"')
            yield f"nodes = {json.dumps(self.hosts)}"
            yield from self._storage()
        for node in self.nodes:
            yield from ("[[node]]", f'name = "{node.name}"', f'address = "{node.address}"')
            yield f"duties = {json.dumps(node.duties)}"
            if len(self.hosts) > 1 and node.name in self.hosts:
                yield from self._power()

    def _storage(self) -> Iterable[str]:
        """A folder of this host, bound where the pod is served, when several machines can serve it."""
        if len(self.hosts) > 1:
            yield from ('device = "/srv/shared/p1"', 'file_system = "none"', 'mount_options = "bind"')

    def _power(self) -> Iterable[str]:
        options = [f"ip={power.HOST}", f"ipport={power.PORT}", "pcmk_reboot_action=off"]
        yield f'fencing = "{power.AGENT}"'
        yield f"fencing_options = {json.dumps(options)}"
