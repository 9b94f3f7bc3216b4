"""How the DMARC reports that we owe others leave: whether, from which address, by which door of Postfix."""

import hashlib
import hmac
from pathlib import Path

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


def greeting(instance: Instance) -> str:
    """The name that rspamadm gives itself (HELO) at the door, by which the door knows it.

    Its SMTP client cannot sign in. Any local user could use the door otherwise, and have what it says signed.
    """
    key = (instance.secrets_dir / _KEY).read_bytes().strip()
    return f"r{hmac.new(key, b'door of DMARC reports', hashlib.sha256).hexdigest()[:40]}.invalid"
