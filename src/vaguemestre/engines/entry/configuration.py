"""What HAProxy and keepalived of an entry read. Pure."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from vaguemestre.engines.cluster.configuration import LET_GO
from vaguemestre.engines.cluster.members import Member
from vaguemestre.engines.config_templates import render

_HERE = Path(__file__).parent


class Door(NamedTuple):
    """A port of the world, and who answers behind it.

    `inner`: the servers' own port, where the PROXY protocol says who comes; `is_pages`: HTTPS.
    `greeting`: what a server says first there; `has_tls`: it speaks TLS from its first byte;
    `takes_mail`: from the world, by SMTP.
    """

    name: str
    port: int
    inner: int
    servers: tuple[Member, ...]
    greeting: str = ""
    has_tls: bool = False
    is_pages: bool = False
    takes_mail: bool = False


@dataclass(frozen=True)
class Entrance:
    """`addresses`: those of the installation, carried by one of `entries`; `site`: the pages' host name.

    `let_go`: where `cluster.configuration.let_go_text` lies.
    """

    addresses: tuple[str, ...]
    entries: tuple[Member, ...]
    doors: tuple[Door, ...]
    site: str
    alive_port: int = 8404  # of HAProxy, on the loopback: keepalived asks whether it still answers
    let_go: Path = LET_GO
    kill: tuple[str, ...] = ("systemctl", "kill", "--signal=SIGKILL", "haproxy.service")


def routes_text(entrance: Entrance) -> str:
    """haproxy.cfg of an entry: each door leads to the servers that answer."""
    return render(_HERE, "haproxy.cfg.j2", entrance=entrance)


def addresses_text(entrance: Entrance, name: str, interface: str, check: Path) -> str:
    """keepalived.conf of that entry. `check`: the program that says whether HAProxy answers.

    Raises LookupError for a machine that is no entry.
    """
    names = [entry.name for entry in entrance.entries]
    if name not in names:
        raise LookupError(name)
    own = entrance.entries[names.index(name)]
    others = [entry for entry in entrance.entries if entry.name != name]
    same = [address for address in entrance.addresses if (":" in address) == (":" in own.address)]
    rest = [address for address in entrance.addresses if address not in same]
    return render(
        _HERE, "keepalived.conf.j2", own=own, others=others, interface=interface, check=check,
        priority=200 - 10 * names.index(name), addresses=same, further=rest,
    )  # fmt: skip


def check_text(entrance: Entrance) -> str:
    """The program that keepalived runs as root: ends with 0 if HAProxy answers and reaches somebody.

    One that says nothing for 3 s is killed, for systemd to start it anew.
    """
    return render(_HERE, "check.sh.j2", alive=entrance.alive_port, kill=" ".join(entrance.kill))
