"""The address of a pod that one machine keeps: on its network card from each boot on. As root."""

from vaguemestre.engines.config_templates import write
from vaguemestre.processes.production import layout
from vaguemestre.processes.production.machine.commands import are_active, has_text, run
from vaguemestre.processes.production.nodes.entry_machine import interface_of
from vaguemestre.site.config.topology import NodeSection, PodSection

UNIT = "pod-address.service"  # no unit of an instance: the address stays while versions change
_FILE = layout.UNITS / UNIT


class PodAddress:
    """What Pacemaker does where several machines can keep a pod."""

    def __init__(self, node: NodeSection, pod: PodSection) -> None:
        self._node, self._pod = node, pod

    def _text(self) -> str:
        bits = 128 if ":" in self._pod.address else 32
        words = f"{self._pod.address}/{bits} dev {interface_of(self._node.address, run)}"
        return (
            "# Written by bin/install.\n"
            "[Unit]\nDescription=Vaguemestre: address of a pod\n"
            "Wants=network-online.target\nAfter=network-online.target\nBefore=vaguemestre-prepare.service\n\n"
            "[Service]\nType=oneshot\nRemainAfterExit=yes\n"
            f"ExecStart=/usr/sbin/ip address replace {words}\n"
            f"ExecStop=/usr/sbin/ip address del {words}\n\n"
            "[Install]\nWantedBy=multi-user.target\n"
        )

    def is_there(self) -> bool:
        return has_text(_FILE, self._text()) and are_active(UNIT)

    def take(self) -> None:
        """Raises StepFailed."""
        write(_FILE, self._text())
        run(("systemctl", "daemon-reload"))
        run(("systemctl", "enable", "--quiet", UNIT))
        run(("systemctl", "restart", UNIT))
