"""What Corosync and Pacemaker are given: who may serve which pod, what starts first, who cuts whom."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from vaguemestre.engines.pacemaker import configuration
from vaguemestre.engines.pacemaker.members import Host, PodCluster, SharedPod, Storage

HOSTS = tuple(
    Host(f"b{number}", f"10.77.0.3{number}", "fence_ipmilan", (("ip", f"10.9.0.{number}"), ("lanplus", "1")))
    for number in (1, 2, 3, 4)
)


def pod(name: str, *hosts: str) -> SharedPod:
    storage = Storage(f"nas:/pods/{name}", "nfs4", "hard,vers=4.1", Path("/var/lib/vaguemestre/mail"))
    return SharedPod(name, f"10.77.0.4{name[-1]}", hosts, storage)


CLUSTER = PodCluster(
    HOSTS, (pod("p1", "b1", "b2"), pod("p2", "b3", "b4")), Path("/keys/corosync.key"),
    "vaguemestre-storage", "vaguemestre-dovecot", "vaguemestre-pod",
)  # fmt: skip


def cib(cluster: PodCluster, settings: dict[str, str] | None = None) -> str:
    """Pacemaker's configuration once it was told everything; it adds words of its own around."""
    sections = {"resources": "", "constraints": ""}
    for element in configuration.elements(cluster):
        sections[element.section] += element.xml
    pairs = settings or configuration.properties(cluster)
    options = "".join(f'<nvpair id="o-{name}" name="{name}" value="{v}"/>' for name, v in pairs.items())
    defaults = "".join(
        f'<nvpair id="d-{name}" name="{name}" value="{v}"/>' for name, v in configuration.DEFAULTS.items()
    )
    return (
        f'<configuration><crm_config><set id="c">{options}</set></crm_config>'
        f"<resources>{sections['resources']}</resources><constraints>{sections['constraints']}</constraints>"
        f'<rsc_defaults><meta_attributes id="r">{defaults}</meta_attributes></rsc_defaults></configuration>'
    )


def test_corosync_is_told_every_machine_and_encrypts_with_the_key_of_the_installation() -> None:
    text = configuration.corosync_text(CLUSTER)
    assert [line.split()[-1] for line in text.splitlines() if "ring0_addr" in line] == [
        host.address for host in HOSTS
    ]
    assert [line.split()[-1] for line in text.splitlines() if "nodeid" in line] == ["1", "2", "3", "4"]
    assert "keyfile: /keys/corosync.key\n" in text
    assert "crypto_cipher: aes256\n" in text


@pytest.mark.parametrize(("count", "is_two"), [(2, True), (3, False), (4, False)])
def test_only_of_two_machines_one_may_go_on_alone(count: int, is_two: bool) -> None:
    cluster = replace(CLUSTER, hosts=HOSTS[:count])
    assert ("two_node: 1" in configuration.corosync_text(cluster)) is is_two
    assert configuration.properties(cluster)["priority-fencing-delay"] == ("3s" if is_two else "0s")
    assert configuration.properties(cluster)["stonith-enabled"] == "true"


def test_a_pod_starts_with_its_folder_then_its_lock_its_address_and_what_reads_its_mail() -> None:
    group = next(one for one in configuration.elements(CLUSTER) if one.id == "pod-p1")
    kinds = [primitive.get("type") for primitive in ET.fromstring(group.xml).iter("primitive")]
    assert kinds == [
        "Filesystem", "vaguemestre-storage", "IPaddr2", "vaguemestre-dovecot", "vaguemestre-pod",
    ]  # fmt: skip
    pairs = {pair.get("name"): pair.get("value") for pair in ET.fromstring(group.xml).iter("nvpair")}
    assert pairs["device"] == "nas:/pods/p1"
    assert pairs["options"] == "hard,vers=4.1"
    assert pairs["ip"] == "10.77.0.41"


def test_a_machine_never_cuts_itself_and_each_has_an_agent_that_cuts_it() -> None:
    elements = {element.id: ET.fromstring(element.xml) for element in configuration.elements(CLUSTER)}
    for host in HOSTS:
        agent, place = elements[f"fence-{host.name}"], elements[f"fence-{host.name}-elsewhere"]
        pairs = {pair.get("name"): pair.get("value") for pair in agent.iter("nvpair")}
        assert pairs == {"pcmk_host_list": host.name, "ip": f"10.9.0.{host.name[-1]}", "lanplus": "1"}
        assert (place.get("node"), place.get("score")) == (host.name, "-INFINITY")


def test_a_pod_is_never_looked_for_on_machines_of_others() -> None:
    """Their units have the same names: Pacemaker would see this pod running twice, and stop both."""
    places = {
        (one.get("rsc"), one.get("node")): (one.get("score"), one.get("resource-discovery"))
        for one in map(ET.fromstring, (element.xml for element in configuration.elements(CLUSTER)))
        if one.tag == "rsc_location" and str(one.get("rsc")).startswith("pod-")
    }
    assert places["pod-p1", "b3"] == places["pod-p2", "b1"] == ("-INFINITY", "never")
    assert places["pod-p1", "b1"] == ("2", None)
    assert places["pod-p1", "b2"] == ("1", None)


def test_every_name_of_the_configuration_is_there_once() -> None:
    ids = [str(one.get("id")) for one in ET.fromstring(cib(CLUSTER)).iter() if one.get("id")]
    assert len(ids) == len(set(ids)) > 60


def test_what_pacemaker_has_is_left_and_what_it_lacks_or_has_otherwise_is_told() -> None:
    assert list(configuration.missing_elements(CLUSTER, cib(CLUSTER))) == []
    assert not configuration.lacks_settings(CLUSTER, cib(CLUSTER))
    other = cib(CLUSTER).replace("nas:/pods/p1", "nas:/former/p1").replace('id="fence-b4"', 'id="foreign"')
    assert [
        (element.id, is_there) for element, is_there in configuration.missing_elements(CLUSTER, other)
    ] == [
        ("fence-b4", False),
        ("pod-p1", True),
    ]
    unfenced = {**configuration.properties(CLUSTER), "stonith-enabled": "false"}
    assert configuration.lacks_settings(CLUSTER, cib(CLUSTER, unfenced))
