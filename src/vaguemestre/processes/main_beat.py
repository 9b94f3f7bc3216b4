"""The heartbeat of the main process of a pool, whose children answer on even while it is stopped."""

import atexit
import contextlib
import os
import signal
from pathlib import Path

from vaguemestre.engines import stand_in

VARIABLE = "VAGUEMESTRE_HEARTBEAT"  # the file to touch; none, no beat
_EVERY_SECONDS = 5.0


def begin() -> None:
    """Touch the file now and every five seconds, from this process alone.

    By a timer of the kernel, which a forked child does not inherit (setitimer(2)), nor do its threads.
    """
    file = os.environ.get(VARIABLE, "")
    if not file or stand_in.is_one():
        return

    def touch(_number: int, _frame: object) -> None:
        with contextlib.suppress(OSError):  # a full disk stops the heartbeat, not the pages
            Path(file).touch()

    touch(signal.SIGALRM, None)
    signal.signal(signal.SIGALRM, touch)
    signal.setitimer(signal.ITIMER_REAL, _EVERY_SECONDS, _EVERY_SECONDS)
    # an interpreter that ends gives signals back to the kernel, which would kill it at the next beat
    atexit.register(signal.setitimer, signal.ITIMER_REAL, 0)
