"""Programs of Debian beside Postfix where mail really leaves: which an instance has, where they listen."""

from pathlib import Path

from vaguemestre.engines.home_alias import sockets
from vaguemestre.engines.instance import Instance, Place

SENDER_REWRITER = Path("/usr/sbin/postsrsd")
POLICY_DAEMON = Path("/usr/bin/mta-sts-daemon")


def rewrites_senders(instance: Instance) -> bool:
    """Whether envelope senders are rewritten (SRS): wanted, and installed."""
    return instance.mail.rewrites_senders and SENDER_REWRITER.is_file()


def follows_policies(instance: Instance) -> bool:
    """Whether the TLS policies of others are followed (MTA-STS): wanted, and installed."""
    return instance.mail.outgoing.follows_policies and POLICY_DAEMON.is_file()


def policy_socket(instance: Place) -> Path:
    """Socket of the daemon of MTA-STS policies."""
    return sockets(instance) / "mta-sts" / "s"


def dane_socket(instance: Place) -> Path:
    """Socket of the service that tells Postfix whether a domain has DANE."""
    return sockets(instance) / "dane-policy" / "s"
