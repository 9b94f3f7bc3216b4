"""Whether Dovecot answers at its doors."""

import socket

from vaguemestre.engines.home_alias import lmtp_socket
from vaguemestre.engines.instance import Instance

_TIMEOUT_SECONDS = 2.0


def greets_imap(instance: Instance) -> bool:
    """Whether IMAP says its first words."""
    try:
        with socket.create_connection((instance.mail.host, instance.ports.imap), _TIMEOUT_SECONDS) as peer:
            return peer.recv(64).startswith(b"* OK")
    except OSError:
        return False


def listens(instance: Instance) -> bool:
    """Between machines, and before a proxy, IMAP has TLS from its first byte."""
    try:
        with socket.create_connection((instance.listen_addresses[0], instance.ports.imaps), _TIMEOUT_SECONDS):
            return True
    except OSError:
        return False


def greets_lmtp(instance: Instance) -> bool:
    """Whether a delivery would be taken."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.settimeout(_TIMEOUT_SECONDS)
        try:
            peer.connect(str(lmtp_socket(instance)))
            return peer.recv(64).startswith(b"220")
        except OSError:
            return False
