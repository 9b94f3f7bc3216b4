"""A process that acts on an instance beside its pages: a line of JSON asks, another answers."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.journeys.conftest import PROJECT, Instance


@dataclass
class Acts:
    """The process that acts on the instance."""

    process: "subprocess.Popen[str]"

    def ask(self, **asked: Any) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the process of acts ended"
        return dict(json.loads(line))


@contextmanager
def acting(instance: Instance, script: str) -> Iterator[Acts]:
    """By that script of this folder."""
    environment = {
        **os.environ,
        "VAGUEMESTRE_HOME": str(instance.home),
        "VAGUEMESTRE_PORT_BASE": str(instance.base),
        "DJANGO_SETTINGS_MODULE": "vaguemestre.site.settings",
        "PYTHONPATH": str(PROJECT / "src"),
    }
    process = subprocess.Popen(
        [sys.executable, str(PROJECT / "tests" / "journeys" / script)],
        env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    yield Acts(process)
    process.communicate(timeout=30)
