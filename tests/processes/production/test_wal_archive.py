"""PostgreSQL brought back to a moment: the start that follows knows that the database is of before."""

from pathlib import Path

import pytest

from vaguemestre.processes.backup.restoration_marks import RESTORED
from vaguemestre.processes.production.machine import wal_archive
from vaguemestre.site.config import Config


def test_the_mark_of_a_restoration_is_there_before_postgresql_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Config(home=tmp_path)
    config.data_dir.mkdir()
    mark = config.data_dir / RESTORED
    marked: list[tuple[str, bool]] = []

    class Archive:
        def __init__(self, configuration: Path) -> None: ...

        def restore(self, moment: None) -> None:
            marked.append(("restore", mark.exists()))

    monkeypatch.setattr(wal_archive, "has_archive", lambda config: True)
    monkeypatch.setattr(wal_archive, "cluster_name", lambda: ("17", "main"))
    monkeypatch.setattr(wal_archive, "PgBackRest", Archive)
    monkeypatch.setattr(
        wal_archive, "run", lambda command: marked.append((" ".join(command[:2]), mark.exists()))
    )
    wal_archive.return_database(config, None)
    assert marked[-1] == ("systemctl start", True)
    assert dict(marked)["restore"]
