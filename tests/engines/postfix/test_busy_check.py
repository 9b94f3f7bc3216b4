"""Postfix's own check on a machine too busy to let it end: tried again, then said to be temporary."""

from pathlib import Path

import pytest

from vaguemestre.engines.postfix import configuration
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.site.config import Config

# Hangs as often as there are lines in a file, and takes one away each time.
_HANGING = """\
#!/bin/sh
if [ -s "{times}" ]; then
  sed -i 1d "{times}"
  exec sleep 600
fi
"""


def postfix_that_hangs(folder: Path, times: int, monkeypatch: pytest.MonkeyPatch) -> Config:
    (folder / "times").write_text("x\n" * times, encoding="ascii")
    program = folder / "postfix"
    program.write_text(_HANGING.format(times=folder / "times"), encoding="ascii")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.setattr(configuration, "_RUN_SECONDS", 1.0)
    return Config(home=folder)


def test_a_check_that_did_not_end_is_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = postfix_that_hangs(tmp_path, 1, monkeypatch)
    configuration._run(config, "check")
    assert (tmp_path / "times").read_text() == ""


def test_a_check_that_never_ends_is_a_fault_of_the_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = postfix_that_hangs(tmp_path, 9, monkeypatch)
    with pytest.raises(EngineDown):
        configuration._run(config, "check")
