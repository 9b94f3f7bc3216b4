"""What a machine of a pod tells the others of itself."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from vaguemestre.engines.dovecot import configuration as dovecot
from vaguemestre.site.config import Config, NetworkSection
from vaguemestre.site.config.topology import NodeSection, PodSection, Topology
from vaguemestre.site.monitoring.pod_health import pod_checks

HERE, ELSEWHERE, ELSEWHERE_BY_IPV6 = "127.0.0.3", "192.0.2.7", "2001:db8::7"


def machine(home: Path, address: str, *hosts: str) -> Config:
    """A machine of a pod that has that address."""
    nodes = tuple(NodeSection(name, f"10.0.0.{n}", ("pod",)) for n, name in enumerate(hosts, 1))
    topology = Topology(nodes, (PodSection("p1", address, hosts),))
    network = NetworkSection(ports="usual")
    return Config(home=home, port_base=61_000, topology=topology, network=network, served_pod="p1")


@pytest.mark.parametrize("address", [ELSEWHERE, ELSEWHERE_BY_IPV6])
def test_a_machine_without_the_pod_that_it_could_serve_waits_and_is_well(
    tmp_path: Path, address: str
) -> None:
    checks = pod_checks(machine(tmp_path, address, "b1", "b2"))
    assert {name: check.as_json()["status"] for name, check in checks.items()} == {
        "pod": "waiting",
        "disk": "ok",
    }


def test_a_machine_with_the_pod_tells_of_its_processes(tmp_path: Path) -> None:
    checks = pod_checks(machine(tmp_path, HERE, "b1", "b2"))
    assert {name: check.as_json()["status"] for name, check in checks.items()} == {
        "push": "down",
        "logs": "ok",
        "disk": "ok",
    }


def test_a_machine_whose_dovecot_logs_nothing_any_more_says_so(tmp_path: Path) -> None:
    config = machine(tmp_path, HERE, "b1", "b2")
    file = dovecot.log_file(config)
    file.parent.mkdir()
    file.touch()
    assert pod_checks(config)["logs"].as_json() == {"status": "ok"}
    os.utime(file, (time.time() - 400,) * 2)
    assert pod_checks(config)["logs"].as_json()["status"] == "down"


def test_a_machine_that_keeps_its_pod_alone_never_waits(tmp_path: Path) -> None:
    assert "pod" not in pod_checks(machine(tmp_path, ELSEWHERE, "b1"))


def test_a_machine_that_waits_tells_of_its_disk(tmp_path: Path) -> None:
    config = replace(machine(tmp_path, ELSEWHERE, "b1", "b2"), home=tmp_path / "nothing")
    assert not pod_checks(config)["disk"].ok
