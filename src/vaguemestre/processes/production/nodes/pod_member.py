"""A machine that can serve a shared pod, among others: Corosync knows them, Pacemaker decides. As root."""

import subprocess
from pathlib import Path

from vaguemestre.engines.config_templates import write
from vaguemestre.engines.pacemaker import configuration
from vaguemestre.engines.pacemaker.members import KEY, Host, PodCluster, SharedPod, Storage
from vaguemestre.processes.production import layout
from vaguemestre.processes.production.machine.commands import StepFailed, are_active, has_text, run, succeeds
from vaguemestre.processes.production.nodes.database_member import comes
from vaguemestre.processes.production.nodes.keys import FOLDER
from vaguemestre.processes.production.nodes.pod_address import UNIT as ADDRESS
from vaguemestre.processes.production.units import shared_pod
from vaguemestre.processes.production.units.unit import TARGET
from vaguemestre.processes.production.units.units import PREPARE
from vaguemestre.site.config import Config
from vaguemestre.site.config.topology import PodSection

_ADDRESS = layout.UNITS / ADDRESS
_STARTED_AT_BOOT = layout.UNITS / "multi-user.target.wants" / TARGET
COROSYNC, PACEMAKER = "corosync.service", "pacemaker.service"
_COROSYNC_FILE = Path("/etc/corosync/corosync.conf")
_OURS = "# Written by bin/install."
_DROP_IN = layout.UNITS / "pacemaker.service.d/vaguemestre.conf"
_DROP_IN_TEXT = f"""\
# Written by bin/install.
[Unit]
# a pod that arrives finds certificates and configurations made
Wants={PREPARE}.service
After={PREPARE}.service
"""
_QUESTION = ("cibadmin", "--query", "--scope", "configuration")
_ANSWER_SECONDS, _MAJORITY_SECONDS, _SERVED_SECONDS = 90.0, 40.0, 240.0


def pod_cluster_of(config: Config) -> PodCluster:
    """Pods of the file that several machines can serve, and those machines."""
    pods = config.topology.shared_pods
    names = {name for pod in pods for name in pod.nodes}
    folder = config.home / "mail"
    return PodCluster(
        hosts=tuple(
            Host(node.name, node.address, node.fencing, tuple(_pair(text) for text in node.fencing_options))
            for node in config.topology.nodes
            if node.name in names
        ),
        pods=tuple(
            SharedPod(
                pod.name, pod.address, pod.nodes,
                Storage(pod.device, pod.file_system, pod.mount_options, folder),
            )
            for pod in pods
        ),
        key=config.home / FOLDER / KEY,
        storage_unit=shared_pod.STORAGE,
        mail_unit=shared_pod.DOVECOT,
        services_unit=shared_pod.POD,
    )  # fmt: skip


def _pair(option: str) -> tuple[str, str]:
    name, _, value = option.partition("=")
    return name, value


class PodMember:
    """This machine among those that can serve `pod`."""

    def __init__(self, config: Config, pod: PodSection) -> None:
        self._cluster, self._group = pod_cluster_of(config), f"pod-{pod.name}"
        self._hosts = ", ".join(pod.nodes)

    # What a machine that kept the pod alone did by itself

    def is_left_alone(self) -> bool:
        """Whether neither the pod's address nor its services come with the start of this machine."""
        return not any(path.exists() for path in (_ADDRESS, _STARTED_AT_BOOT))

    def leave_alone(self) -> None:
        for unit in (ADDRESS, TARGET):
            subprocess.run(["systemctl", "disable", "--now", "--quiet", unit], check=False)
        _ADDRESS.unlink(missing_ok=True)

    # Corosync, and Pacemaker above it

    def is_joined(self) -> bool:
        """Whether both run as configured."""
        is_same = has_text(_COROSYNC_FILE, configuration.corosync_text(self._cluster))
        return is_same and has_text(_DROP_IN, _DROP_IN_TEXT) and are_active(COROSYNC, PACEMAKER)

    def join(self) -> None:
        """Raises StepFailed."""
        was_ours = _COROSYNC_FILE.is_file() and _COROSYNC_FILE.read_text(encoding="utf-8").startswith(_OURS)
        is_changed = write(_COROSYNC_FILE, configuration.corosync_text(self._cluster))
        write(_DROP_IN, _DROP_IN_TEXT)
        run(("systemctl", "daemon-reload"))
        run(("systemctl", "enable", "--quiet", COROSYNC, PACEMAKER))
        if was_ours and is_changed and are_active(COROSYNC):
            run(("corosync-cfgtool", "-R"))  # another machine more or less: the pod stays where it is
        elif not was_ours:
            run(("systemctl", "stop", PACEMAKER))  # Debian's own example may run
            run(("systemctl", "restart", COROSYNC))
        run(("systemctl", "start", COROSYNC, PACEMAKER))

    # Pacemaker's configuration, which all its machines have

    def has_rules(self) -> bool:
        if not (are_active(PACEMAKER) and succeeds(*_QUESTION)):
            return False
        cib = run(_QUESTION)
        return not configuration.lacks_settings(self._cluster, cib) and not any(
            configuration.missing_elements(self._cluster, cib)
        )

    def set_rules(self) -> None:
        """Add what is missing, whichever machine says it first. Raises StepFailed."""
        if not comes(lambda: succeeds(*_QUESTION), _ANSWER_SECONDS):
            raise StepFailed(
                "Pacemaker ne répond pas : « journalctl -u pacemaker -u corosync » dit pourquoi."
            )
        for scope, settings in (
            ("crm_config", configuration.properties(self._cluster)),
            ("rsc_defaults", configuration.DEFAULTS),
        ):
            for name, value in settings.items():
                run(("crm_attribute", "--type", scope, "--name", name, "--update", value))
        for element, is_there in configuration.missing_elements(self._cluster, run(_QUESTION)):
            how = ("--replace",) if is_there else ("--create", "--scope", element.section)
            run(("cibadmin", *how, "--xml-pipe"), text=element.xml)

    # The pod

    def is_served(self) -> bool:
        """Whether one of its machines serves it."""
        question = ("crm_resource", "--quiet", "--locate", "--resource", f"{self._group}-services")
        return succeeds(*question) and bool(run(question).strip())

    def wait_until_served(self) -> None:
        """Raises StepFailed where its other machines are not there yet, or it does not start."""
        if not comes(_has_majority, _MAJORITY_SECONDS):
            raise StepFailed(
                f"Pacemaker attend ici les autres machines du groupe de boîtes ({self._hosts}), dont il faut "
                "la majorité. Faites-y « bin/install --node » aussi, si ce n’est fait."
            )
        if not comes(self.is_served, _SERVED_SECONDS):
            raise StepFailed(f"aucune machine ne sert « {self._group} » : « crm_mon -1 -r » dit pourquoi.")


def _has_majority() -> bool:
    return succeeds("crm_node", "--quorum") and run(("crm_node", "--quorum")).strip() == "1"
