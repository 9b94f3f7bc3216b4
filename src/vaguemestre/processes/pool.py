"""A pool of granian: `python -m vaguemestre.processes.pool MODULE:APPLICATION` and granian's own options.

The application is loaded once, before the workers are forked: they start at once, again after a failure,
and share what they never write. A worker that nothing can interrupt is ended, and another takes its place.
"""

import faulthandler
import gc
import os
import runpy
import sys
import threading
import time
from importlib import import_module

from vaguemestre.processes import main_beat

STUCK_SECONDS = 30


def main() -> None:
    main_beat.begin()
    module, _, _ = sys.argv[1].partition(":")
    import_module(module)
    os.register_at_fork(after_in_child=lambda: end_if_stuck(STUCK_SECONDS))
    gc.freeze()  # the collector would copy the shared pages to mark them
    runpy.run_module("granian", run_name="__main__", alter_sys=True)


def end_if_stuck(seconds: float) -> None:
    """End this process, its stacks told on stderr, once none of its threads has run Python for that long.

    A regular expression or a library in C that holds the interpreter stops every thread of a worker; the
    timer of faulthandler alone goes on. The pool starts another worker.
    """

    def beat() -> None:
        while True:
            faulthandler.dump_traceback_later(seconds, exit=True)
            time.sleep(seconds / 6)

    threading.Thread(target=beat, name="end-if-stuck", daemon=True).start()


if __name__ == "__main__":
    main()
