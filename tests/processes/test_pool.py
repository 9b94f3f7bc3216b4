"""Workers of the pools of pages."""

import os
import re
import time

import pytest

from vaguemestre.processes.pool import end_if_stuck


def forked(work: str) -> int:
    """How a child ended that does this with the guard on, and then ends well."""
    pid = os.fork()
    if pid == 0:
        end_if_stuck(1.0)
        if work == "hold":
            re.match(r"(a+)+$", "a" * 64 + "b")  # holds the interpreter for years
        else:
            time.sleep(3)  # three times the limit, in which other threads run
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.mark.heavy
def test_a_worker_whose_threads_are_all_held_is_ended() -> None:
    assert forked("hold") == 1


def test_a_worker_that_only_waits_goes_on() -> None:
    assert forked("wait") == 0
