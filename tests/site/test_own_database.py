"""Homes that a run of the tests gives databases to."""

from pathlib import Path

import pytest
from tests.own_database import give_database

from vaguemestre.engines.database.database_login import database_role
from vaguemestre.site.config import load

pytestmark = [
    pytest.mark.engines,
    pytest.mark.skipif(load().database.engine != "postgresql", reason="this run is on SQLite"),
]


def test_instances_that_run_at_once_take_no_connection_of_each_other(tmp_path: Path) -> None:
    """A role's limit is the server's: four instances of one role had to share what is meant for one."""
    homes = [tmp_path / "one", tmp_path / "other"]
    for home in homes:
        give_database(home)
    first, second = (load(home) for home in homes)
    assert database_role(first, "worker") != database_role(second, "worker")
