"""Start the nursery, then run a module: `python -m vaguemestre.processes.supervisor.nursery MODULE …`.

A start is made of loading: so two processors load at once, the supervisor and what its children share.
"""

import runpy
import sys

from vaguemestre.processes.supervisor.nursery.nursery_start import begin_early

if __name__ == "__main__":
    begin_early()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
