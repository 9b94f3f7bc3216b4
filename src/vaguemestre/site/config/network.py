"""`[network]`: which ports the doors have, and on which addresses they are open."""

from dataclasses import dataclass
from typing import Annotated

from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Section

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 (production serves the world)


@dataclass(frozen=True)
class NetworkSection(Section):
    """`usual` ports (25, 80, 443, 465, 587, 993, 4190) are production's; `offset` counts from `port_base`."""

    ports: Annotated[str, checks.one_of("offset", "usual")] = "offset"
    # With usual ports only; empty: every address of the machine, IPv4 and IPv6.
    addresses: Annotated[tuple[str, ...], checks.IP_ADDRESSES] = ()
    # Name servers that the machine's resolver asks; empty: it asks those of the root itself.
    forwarders: Annotated[tuple[str, ...], checks.IP_ADDRESSES] = ()
    # Networks of our own machines, which are believed when they give a client's address.
    trusted: Annotated[tuple[str, ...], checks.NETWORKS] = ("127.0.0.0/8", "::1/128")
    # Where the world comes in when machines have "entry": one of them carries these addresses.
    entry: Annotated[tuple[str, ...], checks.IP_ADDRESSES] = ()

    @property
    def has_usual_ports(self) -> bool:
        return self.ports == "usual"
