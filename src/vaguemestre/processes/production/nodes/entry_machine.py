"""A machine in front of the others: HAProxy shows the way, keepalived carries the address. As root."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from vaguemestre.engines.cluster.configuration import let_go_text
from vaguemestre.engines.cluster.members import Member
from vaguemestre.engines.config_templates import write
from vaguemestre.engines.entry.configuration import (
    Door,
    Entrance,
    addresses_text,
    check_text,
    routes_text,
)
from vaguemestre.processes.production.machine.commands import StepFailed, are_active, has_text, run
from vaguemestre.processes.production.nodes.haproxy import HAProxy
from vaguemestre.processes.production.nodes.served_file import ServedFile
from vaguemestre.site.config import Config
from vaguemestre.site.config.topology import NodeSection

KEEPALIVED = "keepalived.service"
_ADDRESSES = ServedFile(Path("/etc/keepalived/keepalived.conf"))
_CHECK = Path("/etc/keepalived/haproxy-answers")


def entrance_of(config: Config) -> Entrance:
    """The doors of the file's installation, and who stands behind each."""
    return Entrance(
        addresses=config.network.entry,
        entries=tuple(Member(node.name, node.address) for node in config.topology.entry_nodes),
        doors=tuple(_doors(config)),
        site=config.public_url.partition("//")[2].partition(":")[0],
    )


def _doors(config: Config) -> Iterator[Door]:
    ports = config.ports
    pages, proxies, receivers = (_with(config, duty) for duty in ("web", "proxy", "mx"))
    yield Door("pages", ports.web, ports.entry_pages, pages, is_pages=True)
    yield Door("plain", 80, 80, pages)  # sends on to HTTPS, and answers the certificate's authority
    yield Door("imaps", ports.imaps, ports.entry_imaps, proxies, greeting="OK", has_tls=True)
    yield Door("sieve", ports.managesieve, ports.entry_managesieve, proxies, greeting="SIEVE")
    yield Door("submission", ports.submission, ports.entry_submission, proxies, greeting="220")
    yield Door(
        "submissions", ports.submissions, ports.entry_submissions, proxies, greeting="220", has_tls=True
    )
    yield Door("mx", ports.mx, ports.entry_mx, receivers, greeting="220", takes_mail=True)


def _with(config: Config, duty: str) -> tuple[Member, ...]:
    return tuple(Member(node.name, node.address) for node in config.topology.nodes if duty in node.duties)


class EntryMachine:
    """One of the machines that stand in front."""

    def __init__(self, config: Config, node: NodeSection) -> None:
        self._node, self._entrance = node, entrance_of(config)

    # HAProxy

    def leads(self) -> bool:
        """Whether HAProxy runs as configured."""
        return has_text(self._entrance.let_go, let_go_text()) and HAProxy().runs_as(
            routes_text(self._entrance)
        )

    def lead(self) -> None:
        """Raises StepFailed when HAProxy does not take what the file asks for."""
        write(self._entrance.let_go, let_go_text())
        HAProxy().take(routes_text(self._entrance))

    # keepalived

    def _addresses_text(self) -> str:
        return addresses_text(self._entrance, self._node.name, interface_of(self._node.address, run), _CHECK)

    def carries(self) -> bool:
        """Whether keepalived runs as configured; another entry may have the addresses."""
        is_same = has_text(_CHECK, check_text(self._entrance)) and _ADDRESSES.is_taken(self._addresses_text())
        return is_same and are_active(KEEPALIVED)

    def carry(self) -> None:
        """Raises StepFailed when this machine does not have the address that the file says, or keepalived
        refuses what it asks for and goes on as before.
        """
        text = self._addresses_text()
        write(_CHECK, check_text(self._entrance), mode=0o755)
        write(_ADDRESSES.refused, text)
        run(("keepalived", "-t", "-f", str(_ADDRESSES.refused)))
        run(("systemctl", "enable", "--quiet", KEEPALIVED))
        if not _ADDRESSES.is_taken(text):
            _ADDRESSES.begin(text)
            run(("systemctl", "reload-or-restart", KEEPALIVED))
            _ADDRESSES.settle()
        run(("systemctl", "start", KEEPALIVED))


def interface_of(address: str, ask: Callable[[tuple[str, ...]], str]) -> str:
    """The network interface with that address. `ask` runs a command. Raises StepFailed."""
    for link in json.loads(ask(("ip", "-json", "address", "show"))):
        if any(own.get("local") == address for own in link.get("addr_info", ())):
            return str(link["ifname"])
    raise StepFailed(f"cette machine n’a pas l’adresse {address} que le fichier lui donne.")
