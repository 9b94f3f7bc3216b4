"""How the reports that we owe others (DMARC, TLS) leave: whether, from which address, by which door."""

import hashlib
import hmac
from pathlib import Path

from vaguemestre.engines.home_alias import sockets
from vaguemestre.engines.instance import Instance, has_filter
from vaguemestre.mailbox.autoconfig.rules.report_address import reporting_address

_MEMORY = Path("/usr/bin/valkey-server")
_KEY = "filter_key"


def sends_reports(instance: Instance) -> bool:
    """Whether this instance reports: wanted, mail leaves, and the filter remembers what it saw."""
    outgoing = instance.mail.outgoing
    return outgoing.leaves and outgoing.dmarc_reports and has_filter(instance) and _MEMORY.is_file()


def report_sender(instance: Instance) -> str:
    """The address that reports are from: a mailbox that the worker reads."""
    return reporting_address(instance.academy.domain)


def organisation(instance: Instance) -> str:
    """Who reports: several of our servers give their reports the same numbers."""
    return f"{instance.academy.domain} {instance.served_pod}".strip()


def reports_tls(instance: Instance) -> bool:
    """Whether our own process reports TLS: wanted, mail goes by MX, and no other collector is named."""
    outgoing = instance.mail.outgoing
    return outgoing.mode == "direct" and outgoing.tls_reports and not outgoing.tls_reports_socket


def tls_results_socket(instance: Instance) -> Path:
    """Socket where Postfix reports TLS results; an empty path if nobody collects them."""
    if reports_tls(instance):
        return sockets(instance) / "tls-reports" / "s"
    return Path(instance.mail.outgoing.tls_reports_socket)


def has_door(instance: Instance) -> bool:
    return sends_reports(instance) or reports_tls(instance)


def greeting(instance: Instance) -> str:
    """The name by which the door knows who brings reports."""
    return greeting_of((instance.secrets_dir / _KEY).read_bytes())


def greeting_of(key: bytes) -> str:
    """The name that a program gives itself (HELO) at the door. `key`: the filter's.

    rspamd's SMTP client cannot sign in. Any local user could use the door otherwise, and have what it says
    signed.
    """
    digest = hmac.new(key.strip(), b"door of DMARC reports", hashlib.sha256).hexdigest()
    return f"r{digest[:40]}.invalid"
