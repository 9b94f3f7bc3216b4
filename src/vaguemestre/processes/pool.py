"""A pool of granian: `python -m vaguemestre.processes.pool MODULE:APPLICATION` and granian's own options.

The application is loaded once, before the workers are forked: they start at once, again after a failure,
and share what they never write.
"""

import gc
import runpy
import sys
from importlib import import_module


def main() -> None:
    module, _, _ = sys.argv[1].partition(":")
    import_module(module)
    gc.freeze()  # the collector would copy the shared pages to mark them
    runpy.run_module("granian", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
