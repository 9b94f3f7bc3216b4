"""Every run of the tests has a home of its own, thrown away afterwards.

A plugin loaded by name (`-p`), because Django's settings are read before any conftest is.
"""

import atexit
import os
import shutil
import tempfile

if "VAGUEMESTRE_TEST_HOME" not in os.environ:
    _home = tempfile.mkdtemp(prefix="vm-test-")
    os.environ["VAGUEMESTRE_TEST_HOME"] = _home
    atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["VAGUEMESTRE_HOME"] = os.environ["VAGUEMESTRE_TEST_HOME"]
os.environ.pop("VAGUEMESTRE_PORT_BASE", None)
