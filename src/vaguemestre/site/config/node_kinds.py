"""Which machines `bin/install` makes, of those that `[[node]]` and `[[pod]]` may describe."""

from collections.abc import Iterator

from vaguemestre.site.config.checks import Rule
from vaguemestre.site.config.network import NetworkSection
from vaguemestre.site.config.topology import FRONT_DUTIES, POD, Topology


def unmade_machines(topology: Topology, network: NetworkSection) -> Iterator[Rule]:
    """A rule for each machine whose duties we do not put together. `bin/up` serves what it is told to."""
    if not (topology.pods and network.has_usual_ports):
        return
    for number, node in enumerate(topology.nodes):
        place = f"node.{number}" if number else "node"
        fronts = [duty for duty in FRONT_DUTIES if duty in node.duties]
        count = sum(node.name in pod.nodes for pod in topology.pods)
        if fronts and (POD in node.duties or len(fronts) < len(FRONT_DUTIES)):
            yield Rule(
                (f"{place}.duties", "node.duties", "pod"),
                f"[[node]] « duties » : avec des [[pod]], « {', '.join(FRONT_DUTIES)} » vont ensemble sur "
                f"une machine, et « {POD} » sur une autre ; « {node.name} » a « {', '.join(node.duties)} »",
            )
        elif POD in node.duties and count != 1:
            yield Rule(
                (f"{place}.duties", "node.duties", "pod"),
                f"[[node]] « duties » : une machine à « {POD} » sert un [[pod]] et un seul ; « {node.name} » "
                f"en a {count} (docs/operations/several-machines.md)",
            )
