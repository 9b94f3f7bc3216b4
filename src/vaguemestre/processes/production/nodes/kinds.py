"""Which machines bin/install makes, of those that a file may describe. Pure."""

from vaguemestre.site.config import ConfigWrong
from vaguemestre.site.config.topology import FRONT_DUTIES, POD, NodeSection, Topology


def check_can_be_made(topology: Topology, node: NodeSection) -> None:
    """Raises ConfigWrong for a machine whose duties we do not put together, with pods."""
    if not (topology.pods and node.serves):
        return
    fronts = [duty for duty in FRONT_DUTIES if duty in node.duties]
    if fronts and (POD in node.duties or len(fronts) < len(FRONT_DUTIES)):
        raise ConfigWrong(
            f"avec des [[pod]], bin/install met « {', '.join(FRONT_DUTIES)} » ensemble sur une machine, et "
            f"« {POD} » sur une autre : « {node.name} » a « {', '.join(node.duties)} »."
        )
    if not fronts:
        _check_pod(topology, node)


def _check_pod(topology: Topology, node: NodeSection) -> None:
    kept = [pod for pod in topology.pods if node.name in pod.nodes]
    if len(kept) != 1:
        raise ConfigWrong(
            f"bin/install fait une machine d’un [[pod]] : « {node.name} » en a {len(kept)} "
            "(docs/operations/several-machines.md)."
        )
