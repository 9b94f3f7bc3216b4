"""The first of several machines is made anew: the authority of all comes back, from a copy or a backup."""

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.processes.backup.light_repository import make_repository
from tests.processes.production.test_node_keys import DATABASE

from vaguemestre.cli.backups import restore
from vaguemestre.engines.backups.restic import Restic
from vaguemestre.processes.backup.generations import KEYS
from vaguemestre.processes.production.nodes import keys as node_keys
from vaguemestre.processes.production.nodes.keys import NodeKeys, packed_keys
from vaguemestre.processes.supervisor.run_folder import HomeUnusable, open_home
from vaguemestre.site.config import Config
from vaguemestre.site.config.topology import FRONT_DUTIES, NodeSection, PodSection, Topology

FRONT = NodeSection("w1", "10.77.0.11", FRONT_DUTIES)
POD = NodeSection("b1", "10.77.0.31", ("pod",))
TOPOLOGY = Topology((FRONT, POD), (PodSection("p1", "10.77.0.41", ("b1",)),))


def machine(home: Path) -> Config:
    home.mkdir(mode=0o711)
    (home / "node").write_text("w1\n")  # as bin/install does before it asks for keys
    return Config(home=home, topology=TOPOLOGY, database=DATABASE)


@pytest.fixture(autouse=True)
def others_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_keys, "_has_etcd", lambda _: True)


@pytest.fixture
def first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    made = machine(tmp_path / "w1")
    monkeypatch.setattr(node_keys, "_has_etcd", lambda _: False)
    NodeKeys(made, FRONT).take()
    monkeypatch.setattr(node_keys, "_has_etcd", lambda _: True)
    return made


def is_the_same(first: Config, anew: Config) -> bool:
    """Whether it has the same authorities and secrets, and signs for others as it did."""
    keys = NodeKeys(anew, FRONT)
    assert keys.are_there()
    keys.take()  # as bin/install does: nothing is made
    names = [
        path.relative_to(first.home) for folder in KEYS for path in (first.home / folder).rglob("*")
        if path.is_file() and path.name != "backup_keys_password"
    ]  # fmt: skip
    assert Path("cluster/ca.key") in names
    assert Path("engines/tls/ca.key") in names
    assert len(packed_keys(anew, "b1")) > 0
    return all((first.home / name).read_bytes() == (anew.home / name).read_bytes() for name in names)


def test_the_copy_that_the_page_asks_for_is_enough(first: Config, tmp_path: Path) -> None:
    """`docs/operations/several-machines.md`, to the letter."""
    copy = tmp_path / "copy.tar"
    paths = ["cluster", "secrets", *(f"engines/tls/ca.{end}" for end in ("pem", "key"))]
    subprocess.run(["tar", "-c", "-p", "-f", copy, "-C", first.home, *paths], check=True)
    anew = machine(tmp_path / "anew")
    subprocess.run(["tar", "-x", "-p", "-f", copy, "-C", anew.home], check=True)
    assert is_the_same(first, anew)


@pytest.fixture
def repository(first: Config, tmp_path: Path) -> Path:
    """That of the backups of the first machine, beside that of its keys."""
    password = first.home / first.backup.keys_password_file
    password.write_text("un mot de passe\n")
    keys = tmp_path / "depot-keys"
    make_repository(keys, password)
    exclude = (first.backup.keys_password_file,)
    existing = [name for name in KEYS if (first.home / name).exists()]
    Restic(str(keys), password, tmp_path / "cache").back_up(first.home, existing, tag="t", exclude=exclude)
    shutil.copyfile(password, tmp_path / "password")
    return tmp_path / "depot"


@pytest.mark.engines
@pytest.mark.no_database
def test_the_keys_of_a_backup_come_back_alone(first: Config, repository: Path, tmp_path: Path) -> None:
    anew = machine(tmp_path / "anew")
    open_home(anew)
    restore._restore_keys(anew, str(repository), None, tmp_path / "password")
    assert is_the_same(first, anew)
    assert not (anew.home / "mail").exists()


@pytest.mark.engines
@pytest.mark.no_database
def test_keys_that_a_machine_has_are_not_mixed_with_those_of_a_backup(
    first: Config, repository: Path, tmp_path: Path
) -> None:
    before = (first.home / "cluster/ca.key").read_bytes()
    with pytest.raises(HomeUnusable, match="est déjà là"):
        restore._restore_keys(first, str(repository), None, tmp_path / "password")
    assert (first.home / "cluster/ca.key").read_bytes() == before
