"""The files of machines that are one installation, without the machines."""

from pathlib import Path

import pytest
from bench.drills import cluster
from tests.machines import pods, test_entries, test_fronts
from tests.machines.cluster_file import ClusterFile

from vaguemestre.site.config import load


@pytest.mark.parametrize(
    "file",
    [pods.FILE, test_fronts.FILE, test_entries.FILE, cluster.FILE],
    ids=["pods", "fronts", "entries", "drill"],
)
def test_an_installation_takes_the_file_of_each_cluster(file: ClusterFile, tmp_path: Path) -> None:
    (tmp_path / "vaguemestre.toml").write_text(file.text, encoding="utf-8")
    topology = load(tmp_path).topology
    assert tuple(node.name for node in topology.nodes) == tuple(node.name for node in file.nodes)
    assert tuple(name for pod in topology.pods for name in pod.nodes) == file.hosts


def test_machines_that_can_serve_one_pod_have_their_power_cut_by_the_others() -> None:
    assert pods.FILE.hosts == pods.HOSTS
    assert pods.FILE.text.count("fencing_options = ") == len(pods.HOSTS)
    assert "fencing" not in test_fronts.FILE.text
