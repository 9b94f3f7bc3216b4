"""Keys are made by the first machine only: another that was brought none does not start with its own."""

from pathlib import Path

import pytest

from vaguemestre.processes.supervisor.preparation.ground import make_ground
from vaguemestre.processes.supervisor.run_folder import HomeUnusable
from vaguemestre.site import secrets
from vaguemestre.site.config import Config
from vaguemestre.site.config.topology import MAIL_DUTIES, NodeSection, Topology

TOPOLOGY = Topology(
    (NodeSection("d1", "10.77.0.21", ("database",)), NodeSection("m1", "10.77.0.31", MAIL_DUTIES))
)


def test_a_machine_without_the_keys_of_the_installation_says_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "node").write_text("m1\n")
    with pytest.raises(HomeUnusable, match=r"field_key.*« d1 » \(« vaguemestre node keys m1 »\)"):
        make_ground(Config(home=tmp_path, topology=TOPOLOGY))
    assert not (tmp_path / "secrets").exists()


def test_one_key_that_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "node").write_text("m1\n")
    secrets.make_missing(tmp_path / "secrets")
    (tmp_path / "secrets/seal_key").unlink()
    with pytest.raises(HomeUnusable, match=r"machine \(seal_key\) et ne sont"):
        make_ground(Config(home=tmp_path, topology=TOPOLOGY))
    assert not (tmp_path / "secrets/seal_key").exists()
