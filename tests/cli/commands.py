"""Commands of one instance, each in a process of its own, forked from one that has loaded the program once.

Loading takes most of a command's time; `test_main` starts it anew, where that is the subject.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vaguemestre.site.config import PROJECT


class Commands:
    """Runs commands of the instance of one home."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self._process, self._folder = process, folder

    def run(self, *arguments: object) -> "subprocess.CompletedProcess[str]":
        argv = [str(argument) for argument in arguments]
        out, err = self._folder / "stdout", self._folder / "stderr"
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps([argv, str(out), str(err)]), file=self._process.stdin, flush=True)
        code = int(self._process.stdout.readline())
        return subprocess.CompletedProcess(argv, code, out.read_text("utf-8"), err.read_text("utf-8"))


@contextmanager
def commands(home: Path, folder: Path) -> Iterator[Commands]:
    """Of that home; what they print is written in the folder meanwhile."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("VAGUEMESTRE_")}
    known |= {
        "PYTHONPATH": str(PROJECT / "src"),
        "VAGUEMESTRE_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "vaguemestre.site.settings",
    }
    with subprocess.Popen(
        [sys.executable, __file__], env=known, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Commands(process, folder)


def _serve() -> None:
    """A command for each line of standard input; its exit code on standard output."""
    import importlib

    import django

    django.setup()
    program = importlib.import_module("vaguemestre.cli.main")
    for entry in program.ENTRIES:
        importlib.import_module(entry.module)
    for line in sys.stdin:
        argv, out, err = json.loads(line)
        if (child := os.fork()) == 0:
            for path, descriptor in ((out, 1), (err, 2)):
                os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
            code = 70
            try:
                code = program.main(argv)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
