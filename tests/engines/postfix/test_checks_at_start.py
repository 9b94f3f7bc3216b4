"""Starts that change nothing run neither Postfix's check nor the compiler of scripts; others do."""

import subprocess
from collections.abc import Sequence
from typing import Any

import pytest
from tests.engines.live import LiveEngines

from vaguemestre.engines.dovecot import configuration as dovecot
from vaguemestre.engines.postfix import configuration as postfix

pytestmark = pytest.mark.engines


@pytest.fixture
def ran(engines: LiveEngines, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The programs that ran since the engines were prepared, with their verb."""
    postfix.prepare(engines.config)
    dovecot.prepare(engines.config)
    names: list[str] = []
    run = subprocess.run

    def noted(argv: Sequence[str], **options: Any) -> "subprocess.CompletedProcess[str]":
        names.append(argv[-1] if argv[0] == "postfix" else argv[0])
        return run(argv, **options)

    monkeypatch.setattr(subprocess, "run", noted)
    return names


def test_a_start_that_changes_nothing_checks_nothing_twice(engines: LiveEngines, ran: list[str]) -> None:
    postfix.prepare(engines.config)
    dovecot.prepare(engines.config)
    assert set(ran) == {"doveconf"}  # which the configuration has to pass each time


def test_a_folder_of_the_queue_that_went_away_is_made_again(engines: LiveEngines, ran: list[str]) -> None:
    folder = postfix.folder(engines.config) / "spool" / "trace"
    folder.rename(folder.with_name("gone"))
    try:
        postfix.prepare(engines.config)
        assert ran == ["check"]
        assert folder.is_dir()
    finally:
        if folder.is_dir():
            folder.rmdir()
        folder.with_name("gone").rename(folder)


def test_a_script_that_is_not_compiled_any_more_is_compiled(engines: LiveEngines, ran: list[str]) -> None:
    compiled = dovecot.folder(engines.config) / "before" / "10-junk.svbin"
    compiled.unlink()
    dovecot.prepare(engines.config)
    assert ran.count("sievec") == 4
    assert compiled.stat().st_mode & 0o777 == 0o644
