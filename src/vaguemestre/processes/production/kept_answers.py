"""Answers of an installation that was interrupted before it wrote its file: the next run offers them."""

import contextlib
import json
from collections.abc import Mapping

from vaguemestre.engines.config_templates import write
from vaguemestre.processes.production import layout


def kept_answers() -> dict[str, str]:
    """The answers of the last run. Empty without, or when the file is damaged."""
    with contextlib.suppress(OSError, ValueError):
        content = json.loads(layout.ANSWERS.read_text(encoding="utf-8"))
        if isinstance(content, dict):
            return {str(name): value for name, value in content.items() if isinstance(value, str)}
    return {}


def keep(answers: Mapping[str, str]) -> None:
    """Write them down. None of them is a secret."""
    write(layout.ANSWERS, json.dumps(dict(answers), ensure_ascii=False, indent=1) + "\n", mode=0o600)


def forget() -> None:
    """The configuration holds them now."""
    layout.ANSWERS.unlink(missing_ok=True)
