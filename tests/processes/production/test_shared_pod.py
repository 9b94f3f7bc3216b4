"""Units of a pod that several machines can serve: nothing of it starts where its mail is not mounted."""

from dataclasses import replace
from pathlib import Path

from tests.processes.production.test_node_kinds import NODES, PODS, TOPOLOGY, refusals

from vaguemestre.processes.production.nodes.pod_member import pod_cluster_of
from vaguemestre.processes.production.units.children import children_of
from vaguemestre.processes.production.units.units import unit_files
from vaguemestre.site.config import Config
from vaguemestre.site.config.network import NetworkSection
from vaguemestre.site.config.topology import NodeSection, Topology

SPARE = NodeSection("b3", "10.77.0.33", ("pod",), "fence_ipmilan", ("ip=10.9.0.33", "username=courrier"))
SHARED = Topology(
    (*NODES, SPARE), (replace(PODS[0], nodes=("b1", "b3"), device="nas:/p1", file_system="nfs4"), PODS[1])
)
AT_BOOT = {"vaguemestre-prepare.service", "vaguemestre-collector.service"}


def texts(topology: Topology) -> dict[str, str]:
    """The unit files of a machine that serves the first pod."""
    config = Config(
        home=Path("/srv/home"), topology=topology, network=NetworkSection(ports="usual"), served_pod="p1"
    )
    return {
        file.name: file.text for file in unit_files(config, children_of(config, "python"), Path("/release"))
    }


def test_each_machine_of_a_shared_pod_is_made_if_it_has_no_other() -> None:
    assert refusals(SHARED) == []
    crossed = SHARED._replace(pods=(SHARED.pods[0], replace(PODS[1], nodes=("b3", "b2"))))
    (refusal,) = refusals(crossed)
    assert "« b3 » en a 2" in refusal


def test_only_what_touches_no_mail_starts_with_a_machine_of_a_shared_pod() -> None:
    units = texts(SHARED)
    assert {name for name, text in units.items() if "WantedBy=multi-user.target" in text} == AT_BOOT
    for name in AT_BOOT:
        assert "PartOf=" not in units[name]


def test_all_that_touches_the_mail_needs_its_lock_and_ends_with_it() -> None:
    units = texts(SHARED)
    services = {name for name in units if name.endswith(".service")} - AT_BOOT
    bound = {name for name in services if "BindsTo=vaguemestre-storage.service\n" in units[name]}
    assert services - bound == {"vaguemestre-storage.service"}
    assert "vaguemestre-dovecot.service" in bound
    for name in bound:
        assert "vaguemestre-storage.service" in units[name].partition("After=")[2].splitlines()[0]
        assert "vaguemestre-prepare" not in units[name], "Pacemaker takes a service that waits for a failure"
    assert "AssertPathIsMountPoint=/var/lib/vaguemestre/mail\n" in units["vaguemestre-storage.service"]
    assert "BindsTo=vaguemestre-storage.service\n" in units["vaguemestre.target"]


def test_a_pod_of_one_machine_starts_with_it_and_mounts_nothing() -> None:
    units = texts(TOPOLOGY)
    assert "vaguemestre-storage.service" not in units
    assert not [name for name, text in units.items() if "BindsTo=" in text or "Assert" in text]
    assert "WantedBy=multi-user.target" in units["vaguemestre.target"]


def test_pacemaker_knows_the_machines_of_shared_pods_only() -> None:
    cluster = pod_cluster_of(Config(home=Path("/srv/home"), topology=SHARED))
    assert [host.name for host in cluster.hosts] == ["b1", "b3"]
    assert cluster.hosts[1].options == (("ip", "10.9.0.33"), ("username", "courrier"))
    assert [pod.name for pod in cluster.pods] == ["p1"]
    assert cluster.pods[0].storage.folder == Path("/srv/home/mail")
