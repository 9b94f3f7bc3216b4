"""A demonstration never writes to the outside world."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from vaguemestre.processes.supervisor import startup
from vaguemestre.processes.supervisor.screen import Screen
from vaguemestre.site.config import Config, ConfigWrong, MailSection, OutgoingSection


def test_a_demonstration_that_would_send_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    home = tmp_path / "home"
    config = replace(Config(home=home), mail=MailSection(outgoing=OutgoingSection(mode="direct")))
    with pytest.raises(ConfigWrong, match="--no-demo"):
        startup.up(config, startup.Wishes(demo=True), Screen())
    assert not home.exists()
