"""Machines and pods as Corosync and Pacemaker need them. Values."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

NAME = "vaguemestre"  # of the cluster
KEY = "corosync.key"  # beside the other keys of a machine


class Host(NamedTuple):
    """A machine that can serve a pod. `fencing`: the agent that cuts its power; `options`: name, value."""

    name: str
    address: str
    fencing: str
    options: tuple[tuple[str, str], ...] = ()


class Storage(NamedTuple):
    """What is mounted where the pod is served (mount(8))."""

    device: str
    file_system: str
    options: str
    folder: Path


class SharedPod(NamedTuple):
    """A pod, and the names of the machines that can serve it, the usual one first."""

    name: str
    address: str
    hosts: tuple[str, ...]
    storage: Storage


@dataclass(frozen=True)
class PodCluster:
    """Every machine that can serve a shared pod, in the order of the file: their numbers come from it."""

    hosts: tuple[Host, ...]
    pods: tuple[SharedPod, ...]
    key: Path
    storage_unit: str
    mail_unit: str
    services_unit: str

    def strangers(self, pod: SharedPod) -> tuple[str, ...]:
        """Machines that never serve that pod."""
        return tuple(host.name for host in self.hosts if host.name not in pod.hosts)
