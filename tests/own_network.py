"""Addresses and ports of the loopback that are this process's alone among the runs of the tests on a machine.

What stands on a port that has one number, 25, 53, 80 or 443, stands on an address of its own.
"""

import fcntl
import os
import socket
import tempfile
from pathlib import Path

_PORTS = range(32_400, 32_768)  # beyond those of instances, below those lent to outgoing connections


def _is_ours(name: str) -> bool:
    """Whether nobody held that name: it is kept until this process ends."""
    claim = Path(tempfile.gettempdir()) / f"vm-test-{name}.lock"
    try:
        descriptor = os.open(claim, os.O_WRONLY | os.O_CREAT, 0o600)
    except PermissionError:  # another user's
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    return True


def _network() -> str:
    return next(f"127.5.{number}" for number in range(1, 255) if _is_ours(f"network-{number}"))


NETWORK = _network()  # its first three numbers; never in the name of a test, which all processes share


def free_port() -> int:
    """A port that nothing listens on and nobody else is given; what stands there may stop and start again."""
    return next(port for port in _PORTS if _is_ours(f"port-{port}") and _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
