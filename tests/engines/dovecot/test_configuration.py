"""A configuration Dovecot refuses is told before anything starts."""

import subprocess

import pytest
from tests.engines.live import LiveEngines

from vaguemestre.engines.config_templates import render
from vaguemestre.engines.dovecot import configuration
from vaguemestre.foundation.kernel.errors import EngineRefused

pytestmark = pytest.mark.engines


def test_a_refused_configuration_is_one_clear_sentence(
    engines: LiveEngines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object, **values: object) -> str:
        text = render(*arguments, **values)  # type: ignore[arg-type]
        return text.replace("fts_search_add_missing = yes", "fts_search_add_missing = peut-être")

    monkeypatch.setattr(configuration, "render", broken)
    with pytest.raises(EngineRefused, match="fts_search_add_missing"):
        configuration.prepare(engines.config)
    monkeypatch.undo()
    configuration.prepare(engines.config)


def test_dovecot_warns_of_nothing_in_its_configuration(engines: LiveEngines) -> None:
    file = configuration.folder(engines.config) / "dovecot.conf"
    asked = subprocess.run(("doveconf", "-n", "-c", str(file)), capture_output=True, text=True, check=False)
    assert (asked.returncode, asked.stderr) == (0, "")


def test_preparing_again_changes_nothing(engines: LiveEngines) -> None:
    file = configuration.folder(engines.config) / "dovecot.conf"
    configuration.prepare(engines.config)  # a test may have changed it
    before = file.stat().st_mtime_ns
    configuration.prepare(engines.config)
    assert file.stat().st_mtime_ns == before


def test_secrets_of_the_engines_are_closed_to_others(engines: LiveEngines) -> None:
    folder = configuration.folder(engines.config)
    for name in ("dovecot.conf", "push.lua"):
        assert (folder / name).stat().st_mode & 0o007 == 0
    assert (engines.config.home / "mail").stat().st_mode & 0o077 == 0


def test_letters_are_indexed_behind_readers_where_priorities_may_be_changed(
    engines: LiveEngines, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: dict[bool, str] = {}

    def in_both_places(*arguments: object, **values: object) -> str:
        if arguments[1] == "dovecot.conf.j2":
            for is_production in (False, True):
                texts[is_production] = render(*arguments, **(values | {"usual_ports": is_production}))  # type: ignore[arg-type]
        return render(*arguments, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(configuration, "render", in_both_places)
    configuration.prepare(engines.config)
    lowered = "executable = /usr/bin/nice -n 5 /usr/lib/dovecot/indexer-worker"
    assert lowered in texts[False]
    assert "/usr/bin/nice" not in texts[True]
