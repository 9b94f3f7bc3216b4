"""`vaguemestre ground`: what it says while it waits for a database."""

import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.production import ground
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.processes.supervisor.preparation.prepared_child import PreparationFailed
from vaguemestre.site.config import Config
from vaguemestre.site.config.database import DatabaseSection
from vaguemestre.site.database.migrated import is_written


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A database where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    return Config(home=tmp_path, database=DatabaseSection("postgresql", "127.0.0.1", port=port))


def failing(error: Exception) -> Callable[[Config, object], str]:
    def prepare(_config: Config, _say: object) -> str:
        raise error

    return prepare


@pytest.mark.parametrize(
    "error", [EngineDown("projection"), PreparationFailed("la base de données manque", 69)], ids=str
)
def test_a_machine_that_waits_for_a_database_says_so_and_is_tried_again(
    config: Config, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(ground, "load", lambda: config)
    monkeypatch.setattr(ground, "prepare", failing(error))
    with pytest.raises(Failed) as failed:
        ground.command()
    assert failed.value.code == 69  # what its unit is tried again for
    said = str(failed.value)
    assert f"aucune base qui écrit ne répond (127.0.0.1:{config.database.port})" in said
    assert "sert dès que l’une d’elles écrit" in said
    assert "bin/up" not in said


def test_another_fault_is_told_as_it_is(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "load", lambda: config)
    monkeypatch.setattr(ground, "prepare", failing(PreparationFailed("les clés ne sont pas celles-là", 78)))
    with pytest.raises(Failed, match="les clés ne sont pas celles-là") as failed:
        ground.command()
    assert failed.value.code == 78


def test_a_database_of_a_file_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "load", lambda: Config(home=tmp_path))
    monkeypatch.setattr(ground, "prepare", failing(PreparationFailed("le disque est plein", 69)))
    with pytest.raises(Failed, match="le disque est plein"):
        ground.command()


@pytest.mark.django_db
def test_a_database_that_writes_is_not_waited_for() -> None:
    assert is_written(_tested(settings.CONFIG))


def _tested(config: Config) -> Config:
    """With the database that tests make for themselves."""
    name = str(connection.settings_dict["NAME"])
    return replace(config, database=replace(config.database, name=name))
