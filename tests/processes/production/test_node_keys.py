"""Keys of several machines: made once, on the first; each gets what its duties need."""

import io
import socket
import ssl
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.processes.production.machine.commands import StepFailed
from vaguemestre.processes.production.machine.local_database import is_local
from vaguemestre.processes.production.nodes import keys as node_keys
from vaguemestre.processes.production.nodes.keys import NodeKeys, packed_keys
from vaguemestre.site.config import Config
from vaguemestre.site.config.database import DatabaseSection
from vaguemestre.site.config.topology import MAIL_DUTIES, NodeSection, PodSection, Topology

# no database among its duties: the first one's key would be given to Debian's group of PostgreSQL
NODES = (
    NodeSection("m1", "10.77.0.31", MAIL_DUTIES),
    *(NodeSection(f"d{number}", f"10.77.0.2{number}", ("database",)) for number in (1, 2, 3)),
)
DATABASE = DatabaseSection("postgresql", "127.0.0.1", password_file="secrets/postgres_password")


def config_at(home: Path) -> Config:
    home.mkdir(exist_ok=True)
    return Config(home=home, topology=Topology(NODES), database=DATABASE)


HAS_ETCD = node_keys._has_etcd


@pytest.fixture(autouse=True)
def nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests ask no network, where those addresses may be somebody's."""
    monkeypatch.setattr(node_keys, "_has_etcd", lambda address: False)


@pytest.fixture
def first(tmp_path: Path) -> Config:
    config = config_at(tmp_path / "m1")
    NodeKeys(config, NODES[0]).take()
    return config


def bring(archive: bytes, home: Path) -> list[str]:
    home.mkdir(exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        opened.extractall(home, filter="tar")
        return sorted(opened.getnames())


def test_the_first_machine_makes_its_keys_once(first: Config) -> None:
    keys, sign = NodeKeys(first, NODES[0]), first.home / "cluster/ca.pem"
    before = sign.read_bytes(), (first.secrets_dir / "field_key").read_bytes()
    assert keys.are_there()
    keys.take()
    assert (sign.read_bytes(), (first.secrets_dir / "field_key").read_bytes()) == before


@pytest.fixture
def etcd(first: Config) -> Iterator[int]:
    """The port of a program that speaks TLS with a certificate of the installation."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(first.home / "cluster/node.pem", first.home / "cluster/node.key")
    with socket.create_server(("127.0.0.1", 0)) as door:
        answer = Thread(target=lambda: context.wrap_socket(door.accept()[0], server_side=True).close())
        answer.start()
        yield door.getsockname()[1]
        answer.join()


def test_the_first_machine_made_anew_makes_no_second_authority(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, etcd: int
) -> None:
    nodes = (NODES[0], NodeSection("d1", "127.0.0.1", ("database",)))
    anew = replace(config_at(tmp_path / "anew"), topology=Topology(nodes))
    monkeypatch.setattr(node_keys, "ETCD_PEER_PORT", etcd)
    monkeypatch.setattr(node_keys, "_has_etcd", HAS_ETCD)
    with pytest.raises(StepFailed, match=r"d’autres machines \(« d1 »\) ont déjà les clés"):
        NodeKeys(anew, NODES[0]).take()
    assert list(anew.home.iterdir()) == []


def test_a_door_that_leads_nowhere_is_no_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        monkeypatch.setattr(node_keys, "ETCD_PEER_PORT", door.getsockname()[1])
        monkeypatch.setattr(node_keys, "_ANSWER_SECONDS", 0.2)
        assert not HAS_ETCD("127.0.0.1")


def test_another_machine_makes_none_and_says_how_they_come(tmp_path: Path) -> None:
    other = config_at(tmp_path / "d1")
    with pytest.raises(StepFailed, match="sur « m1 », « vaguemestre node keys d1 > d1.tar »"):
        NodeKeys(other, NODES[1]).take()
    assert list(other.home.iterdir()) == []


def test_a_database_machine_is_brought_no_key_of_the_mail(first: Config, tmp_path: Path) -> None:
    names = bring(packed_keys(first, "d2"), tmp_path / "d2")
    assert names == [
        "cluster", "cluster/ca.pem", "cluster/node.key", "cluster/node.pem",
        "secrets", "secrets/postgres_password",
    ]  # fmt: skip
    assert NodeKeys(config_at(tmp_path / "d2"), NODES[2]).are_there()
    assert (tmp_path / "d2/secrets").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "d2/cluster/node.key").stat().st_mode & 0o777 == 0o600


def test_keys_of_one_machine_are_not_taken_for_those_of_another(first: Config, tmp_path: Path) -> None:
    bring(packed_keys(first, "d2"), tmp_path / "d3")
    keys = NodeKeys(config_at(tmp_path / "d3"), NODES[3])
    assert not keys.are_there()
    with pytest.raises(StepFailed, match="n’est pas celui de « d3 »"):
        keys.take()


def test_keys_of_another_installation_are_refused(first: Config, tmp_path: Path) -> None:
    stranger = config_at(tmp_path / "stranger")
    NodeKeys(stranger, NODES[0]).take()
    bring(packed_keys(first, "d1"), tmp_path / "d1")
    (tmp_path / "d1/cluster/ca.pem").write_bytes((stranger.home / "cluster/ca.pem").read_bytes())
    assert not NodeKeys(config_at(tmp_path / "d1"), NODES[1]).are_there()


def test_a_second_machine_for_the_mail_is_brought_every_key(first: Config, tmp_path: Path) -> None:
    nodes = (*NODES, NodeSection("m2", "10.77.0.32", MAIL_DUTIES))
    config = replace(first, topology=Topology(nodes))
    bring(packed_keys(config, "m2"), tmp_path / "m2")
    assert (tmp_path / "m2/secrets/field_key").read_bytes() == (first.secrets_dir / "field_key").read_bytes()
    assert NodeKeys(replace(config, home=tmp_path / "m2"), nodes[-1]).are_there()


def test_only_the_first_machine_prepares_keys_and_only_for_a_machine_of_the_file(
    first: Config, tmp_path: Path
) -> None:
    with pytest.raises(EngineRefused, match="« d9 »"):
        packed_keys(first, "d9")
    bring(packed_keys(first, "d1"), tmp_path / "d1")
    with pytest.raises(EngineRefused, match="seule la première machine"):
        packed_keys(config_at(tmp_path / "d1"), "d2")


def test_databases_of_several_machines_are_no_database_of_this_one(tmp_path: Path) -> None:
    assert is_local(Config(home=tmp_path, database=DATABASE))
    assert not is_local(config_at(tmp_path))


def test_with_pods_machines_have_one_authority(first: Config, tmp_path: Path) -> None:
    pods = (PodSection("p1", "10.77.0.41", ("m2",)),)
    nodes = (*NODES, NodeSection("m2", "10.77.0.32", ("pod",)))
    config = replace(first, topology=Topology(nodes, pods))
    other = replace(config, home=tmp_path / "m2")
    bring(packed_keys(first, "m1"), other.home)  # of an installation without pods
    assert not NodeKeys(other, nodes[-1]).are_there()
    NodeKeys(config, nodes[0]).take()
    names = bring(packed_keys(config, "m2"), other.home)
    assert {"engines/tls/ca.pem", "engines/tls/ca.key"} <= set(names)
    assert (other.home / "engines/tls/ca.key").stat().st_mode & 0o777 == 0o600
    assert (other.home / "engines/tls/ca.pem").stat().st_mode & 0o777 == 0o644  # our programs read it
    assert NodeKeys(other, nodes[-1]).are_there()
    assert not [name for name in bring(packed_keys(config, "d1"), tmp_path / "d1") if "tls" in name]


def test_the_key_between_machines_of_a_shared_pod_goes_to_them_only(tmp_path: Path) -> None:
    nodes = (
        NodeSection("w1", "10.77.0.11", ("web", "proxy", "mx")),
        NodeSection("b1", "10.77.0.31", ("pod",)),
        NodeSection("b2", "10.77.0.32", ("pod",)),
        NodeSection("b3", "10.77.0.33", ("pod",)),
    )
    pods = (PodSection("p1", "10.77.0.41", ("b1", "b2")), PodSection("p2", "10.77.0.42", ("b3",)))
    config = replace(config_at(tmp_path / "w1"), topology=Topology(nodes, pods))
    NodeKeys(config, nodes[0]).take()
    made = (config.home / "cluster/corosync.key").read_bytes()
    assert len(made) == 256
    for name, is_given in (("b1", True), ("b2", True), ("b3", False)):
        home = tmp_path / name
        assert ("cluster/corosync.key" in bring(packed_keys(config, name), home)) is is_given
        assert NodeKeys(replace(config, home=home), nodes[int(name[1])]).are_there()
    brought = tmp_path / "b2/cluster/corosync.key"
    assert brought.read_bytes() == made
    assert brought.stat().st_mode & 0o777 == 0o600
    brought.unlink()
    assert not NodeKeys(replace(config, home=tmp_path / "b2"), nodes[2]).are_there()
