"""Commands that steps run, and what they look at. As root."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from vaguemestre.foundation.kernel.text.os_errors import os_error_fr


class StepFailed(Exception):
    """A command of a step failed: its own last words (exit code 69)."""


def run(argv: Sequence[str], *, text: str | None = None, environment: Mapping[str, str] | None = None) -> str:
    """The output of a command. Raises StepFailed with its last words."""
    try:
        ended = subprocess.run(
            list(argv), input=text, capture_output=True, text=True, check=False,
            env={**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})},
        )  # fmt: skip
    except OSError as error:
        raise StepFailed(f"{argv[0]} ne s’exécute pas : {os_error_fr(error)}.") from error
    if ended.returncode:
        words = (ended.stderr or ended.stdout).strip().splitlines()[-1:] or [f"code {ended.returncode}"]
        raise StepFailed(f"« {' '.join(argv[:3])} » a échoué : {words[0]}")
    return ended.stdout


def succeeds(*argv: str) -> bool:
    """Whether a command exits with 0."""
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0


def has_text(path: Path, text: str) -> bool:
    """Whether a file holds exactly that text."""
    try:
        return path.read_text(encoding="utf-8") == text
    except OSError:
        return False


def are_active(*units: str) -> bool:
    """Whether every one of them is; systemctl's own exit code would be content with one."""
    ended = subprocess.run(["systemctl", "is-active", *units], capture_output=True, text=True, check=False)
    return ended.stdout.split() == ["active"] * len(units)
