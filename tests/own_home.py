"""A home of its own for each process of a run of the tests."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path


def home_of_this_process() -> str:
    """`VAGUEMESTRE_TEST_HOME`, or a new one; processes that share a run each get a part of it.

    The parts share the run's database server.
    """
    if "VAGUEMESTRE_TEST_HOME" not in os.environ:
        os.environ["VAGUEMESTRE_TEST_HOME"] = tempfile.mkdtemp(prefix="vm-test-")
        atexit.register(shutil.rmtree, os.environ["VAGUEMESTRE_TEST_HOME"], ignore_errors=True)
    whole = Path(os.environ["VAGUEMESTRE_TEST_HOME"])
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker:
        return str(whole)
    part = whole / worker
    part.mkdir(parents=True, exist_ok=True)
    for name in ("vaguemestre.toml", "postgres_password"):
        if (whole / name).exists():
            shutil.copy(whole / name, part)
    return str(part)
