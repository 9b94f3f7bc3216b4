"""Unbound on this machine, the only resolver it asks. As root."""

from collections.abc import Sequence
from pathlib import Path

from vaguemestre.engines.config_templates import write
from vaguemestre.processes.production.machine import files
from vaguemestre.processes.production.machine.commands import are_active, has_text, run

_OWN = Path("/etc/unbound/unbound.conf.d/vaguemestre.conf")
_RESOLV_CONF = Path("/etc/resolv.conf")


def is_made(forwarders: Sequence[str]) -> bool:
    """Whether Unbound runs as we configure it and the machine asks it."""
    return (
        are_active("unbound.service")
        and has_text(_OWN, files.resolver_text(forwarders))
        and has_text(_RESOLV_CONF, files.RESOLV_CONF)
    )


def make(forwarders: Sequence[str]) -> None:
    """Configure Unbound, which asks `forwarders` in turn, and let the machine ask it. Raises StepFailed."""
    is_changed = write(_OWN, files.resolver_text(forwarders))
    run(("systemctl", "enable", "--quiet", "unbound.service"))
    run(("systemctl", "restart" if is_changed else "start", "unbound.service"))
    if _RESOLV_CONF.is_symlink():
        _RESOLV_CONF.unlink()
    write(_RESOLV_CONF, files.RESOLV_CONF)
