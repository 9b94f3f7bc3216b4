"""What Corosync and Pacemaker read. Pure.

Pacemaker's own configuration (CIB) belongs to all its machines: of it, only the elements named here are ours.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from vaguemestre.engines.config_templates import render
from vaguemestre.engines.pacemaker.members import NAME, PodCluster

_HERE = Path(__file__).parent
PROPERTIES = {
    "stonith-enabled": "true",
    "no-quorum-policy": "stop",
    "cluster-name": NAME,
}
_HEAD_START = "priority-fencing-delay"  # of two that see each other no more, the one with the pod cuts first
DEFAULTS = {
    "resource-stickiness": "100",  # what has moved stays: nothing moves back by itself
    "migration-threshold": "3",
    "failure-timeout": "600",
}


class Element(NamedTuple):
    """An element of the CIB. `section`: `resources` or `constraints`."""

    section: str
    id: str
    xml: str


def corosync_text(cluster: PodCluster) -> str:
    """/etc/corosync/corosync.conf, the same on every machine."""
    return render(_HERE, "corosync.conf.j2", cluster=cluster, name=NAME)


def properties(cluster: PodCluster) -> dict[str, str]:
    """Options of the whole cluster (`crm_config`)."""
    return {**PROPERTIES, _HEAD_START: "3s" if len(cluster.hosts) == 2 else "0s"}


def elements(cluster: PodCluster) -> Iterator[Element]:
    """Our resources and constraints, each by its id."""
    for section in ("resources", "constraints"):
        root = ET.fromstring(render(_HERE, f"{section}.xml.j2", cluster=cluster))  # noqa: S314 (our own text)
        for element in root:
            yield Element(section, element.attrib["id"], ET.tostring(element, encoding="unicode"))


def missing_elements(cluster: PodCluster, cib: str) -> Iterator[tuple[Element, bool]]:
    """Our elements that Pacemaker's configuration lacks or has otherwise, and whether the id exists there."""
    root = ET.fromstring(cib)  # noqa: S314 (Pacemaker's own answer)
    for element in elements(cluster):
        there = next((one for one in root.iter() if one.get("id") == element.id), None)
        if there is None or _canonical(there) != _canonical(ET.fromstring(element.xml)):  # noqa: S314
            yield element, there is not None


def lacks_settings(cluster: PodCluster, cib: str) -> bool:
    """Whether an option of the cluster or a default of its resources is missing or another."""
    root = ET.fromstring(cib)  # noqa: S314 (Pacemaker's own answer)
    found = {
        (place, pair.get("name")): pair.get("value")
        for place in ("crm_config", "rsc_defaults")
        for pair in root.iterfind(f".//{place}//nvpair")
    }
    wanted = {("crm_config", name): value for name, value in properties(cluster).items()}
    wanted |= {("rsc_defaults", name): value for name, value in DEFAULTS.items()}
    return any(found.get(key) != value for key, value in wanted.items())


def _canonical(element: ET.Element) -> str:
    return ET.canonicalize(ET.tostring(element, encoding="unicode"), strip_text=True)
