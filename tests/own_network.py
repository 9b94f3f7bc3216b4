"""Addresses of the loopback that are this process's alone among the runs of the tests on a machine.

What stands on a port that has one number, 25, 53, 80 or 443, stands on an address of its own.
"""

import fcntl
import os
import tempfile
from pathlib import Path


def _claimed() -> str:
    for number in range(1, 255):
        claim = Path(tempfile.gettempdir()) / f"vm-test-network-{number}.lock"
        try:
            descriptor = os.open(claim, os.O_WRONLY | os.O_CREAT, 0o600)
        except PermissionError:  # another user's
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        return f"127.5.{number}"  # the lock goes with the process
    raise AssertionError("no free addresses")


NETWORK = _claimed()  # its first three numbers; never in the name of a test, which all processes share
