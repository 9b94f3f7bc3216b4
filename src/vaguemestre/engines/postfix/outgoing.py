"""How Postfix delivers to other domains: values of its templates from `[mail.outgoing]` and the resolver."""

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from vaguemestre.engines.config_templates import write
from vaguemestre.engines.instance import Instance
from vaguemestre.engines.outgoing.outgoing_services import dane_socket, follows_policies, policy_socket
from vaguemestre.engines.outgoing.report_door import tls_results_socket
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr

RESOLV_CONF = Path("/etc/resolv.conf")
_TLS_PORT = 465
_RELAY_TLS = {"verify": "secure", "encrypt": "encrypt", "opportunistic": "may"}


@dataclass(frozen=True)
class Delivery:
    """`longest_pause`, `queue_days`: also of the demonstration, where the rest is not rendered."""

    leaves: bool
    protocols: str
    longest_pause: str
    queue_days: int
    relay: str
    wrapped: bool
    has_credentials: bool
    dns_support: str
    tls_level: str
    tls_policies: tuple[str, ...]
    tls_reports_socket: str
    connections: int
    seconds_between: int
    delay_notice_hours: int


def delivery(instance: Instance, servers: Collection[str]) -> Delivery:
    """Values of the templates. `servers`: the machine's name servers.

    DANE (RFC 7672) needs answers validated by a resolver that no network separates from Postfix.
    """
    outgoing = instance.mail.outgoing
    is_relayed = outgoing.mode == "relay"
    validates = are_local(servers)
    direct_level = "dane" if validates else "may"
    return Delivery(
        leaves=outgoing.leaves,
        protocols="all" if outgoing.leaves and outgoing.ipv6 else "ipv4",
        # other people's servers are not asked every quarter of an hour for days
        longest_pause="30m" if outgoing.leaves else "15m",
        queue_days=outgoing.queue_days,
        relay=f"[{outgoing.relay_host.strip('[]')}]:{outgoing.relay_port}" if is_relayed else "",
        wrapped=is_relayed and outgoing.relay_port == _TLS_PORT,
        has_credentials=is_relayed and bool(outgoing.relay_user),
        dns_support="dnssec" if validates else "enabled",
        tls_level=_RELAY_TLS[outgoing.relay_tls] if is_relayed else direct_level,
        tls_policies=_tls_policies(instance, validates=validates),
        tls_reports_socket=str(socket) if (socket := tls_results_socket(instance)).name else "",
        connections=outgoing.connections_per_destination,
        seconds_between=outgoing.seconds_between,
        delay_notice_hours=outgoing.delay_notice_hours,
    )


def _tls_policies(instance: Instance, *, validates: bool) -> tuple[str, ...]:
    """Tables of `smtp_tls_policy_maps`, DANE first: MTA-STS never replaces it (RFC 8461 §2)."""
    if not follows_policies(instance):
        return ()
    dane = (f"socketmap:unix:{dane_socket(instance)}:dane",) if validates else ()
    return (*dane, f"socketmap:unix:{policy_socket(instance)}:postfix")


def are_local(servers: Collection[str]) -> bool:
    """Whether every name server is on the loopback; false for none."""
    try:
        return bool(servers) and all(ipaddress.ip_address(server).is_loopback for server in servers)
    except ValueError:
        return False


def name_servers(file: Path = RESOLV_CONF) -> tuple[str, ...]:
    """The name servers of resolv.conf(5), in their order."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    words = (line.split() for line in lines)
    return tuple(word[1] for word in words if len(word) > 1 and word[0] == "nameserver")


def write_credentials(instance: Instance, base: Path) -> None:
    """Write or remove the file of the relay's user and password, which root alone reads.

    Raises EngineRefused when the password cannot be read.
    """
    outgoing, file = instance.mail.outgoing, base / "relay_credentials"
    relay = delivery(instance, ())
    if not relay.has_credentials:
        file.unlink(missing_ok=True)
        return
    try:
        password = (instance.home / outgoing.relay_password_file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise EngineRefused(
            f"le mot de passe du relais ne peut pas être lu : {os_error_fr(error)}"
        ) from error
    write(file, f"{relay.relay} {outgoing.relay_user}:{password}\n", mode=0o600)
