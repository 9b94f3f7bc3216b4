"""A front, and machines that can serve one pod, by bin/install; a folder of this host is their storage."""

import hashlib
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.machines import academy, nodes, power
from tests.machines.academy import Agent, Client
from tests.machines.cluster_file import ClusterFile, Node
from tests.machines.machine import STORE, Machine, make_layer
from tests.machines.power import PowerSwitch

from vaguemestre.engines.tls.certificates import Certificates
from vaguemestre.site.config import PROJECT

FRONT = "pw1"
HOSTS = ("pb1", "pb2")
ADDRESSES = {FRONT: "10.78.0.81", "pb1": "10.78.0.82", "pb2": "10.78.0.83"}
POD = "10.78.0.85"
SHARED = STORE / "pods-shared"
MAIL = "/var/lib/vaguemestre/mail"
FILE = ClusterFile(
    (
        Node(FRONT, ADDRESSES[FRONT], ("database", "web", "proxy", "mx")),
        *(Node(name, ADDRESSES[name], ("pod",)) for name in HOSTS),
    ),
    pod=POD,
)
WITHIN_SECONDS = 240
LAYER = Machine("podlayer", "10.78.0.80")
STARTED_BY_PACKAGES = ("postgresql", "etcd", "haproxy", "corosync", "pacemaker", "logd", "pgbackrest")
LAYER_NODES = """
[[node]]
name = "w"
duties = ["database", "web", "proxy", "mx"]
[[node]]
name = "b"
duties = ["pod"]
[[pod]]
nodes = ["b", "c"]
"""


def comes(holds: Callable[[], object], seconds: float = WITHIN_SECONDS) -> None:
    """Wait until it holds; the test fails after a while."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)  # what a machine becomes is told by no event outside of it


@dataclass
class Pods:
    machines: dict[str, Machine]
    switch: PowerSwitch
    authority: Certificates
    agents: tuple[Agent, ...] = field(default=())

    @property
    def front(self) -> Machine:
        return self.machines[FRONT]

    @property
    def client(self) -> Client:
        return Client(self.front, self.authority)

    def holders(self) -> list[str]:
        """The machines where the pod's folder is mounted."""
        return [name for name in HOSTS if has_mounted(self.machines[name])]

    def server(self) -> str:
        """The machine that serves the pod; "" while none has all of it."""
        for name in HOSTS:
            machine = self.machines[name]
            if machine.pid and machine.run("systemctl", "is-active", "vaguemestre.target").returncode == 0:
                return name
        return ""

    def other(self, name: str) -> str:
        return next(one for one in HOSTS if one != name)


def has_mounted(machine: Machine) -> bool:
    """As its first process sees it; nothing runs there for the question."""
    try:
        mounts = Path(f"/proc/{machine.pid}/mountinfo").read_text(encoding="utf-8") if machine.pid else ""
    except OSError:  # it is being cut
        return False
    return f" {MAIL} " in mounts


class MountWatch(threading.Thread):
    """Looks all the time at who has mounted the folder. `together`: every moment when more than one had."""

    def __init__(self, pods: Pods) -> None:
        super().__init__(daemon=True)
        self._pods, self._end = pods, threading.Event()
        self.together: list[tuple[str, ...]] = []
        self.looks = 0

    def run(self) -> None:
        while not self._end.wait(0.05):
            self.looks += 1
            if len(holders := self._pods.holders()) > 1:
                self.together.append(tuple(holders))

    def __enter__(self) -> "MountWatch":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self.join()


def new_machines(*, is_kept: bool) -> dict[str, Machine]:
    """Boot them all on a disk that has the packages."""
    make_packages_layer()
    if not is_kept:
        shutil.rmtree(SHARED, ignore_errors=True)
    (SHARED / "p1").mkdir(parents=True, exist_ok=True)
    machines = {
        name: Machine(name, address, (LAYER.name,), SHARED if name in HOSTS else None)
        for name, address in ADDRESSES.items()
    }
    for machine in machines.values():
        machine.cut() if is_kept else machine.destroy()
        machine.boot()
    return machines


def make_packages_layer() -> None:
    """A disk that has the packages of a front and of a machine of a pod."""
    make_layer(LAYER, _packages(), _lay)


def _packages() -> str:
    """What the layer is made of."""
    files = sorted([*(PROJECT / "packages").glob("*.txt"), PROJECT / "requirements/base.txt"])
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _lay(machine: Machine) -> None:
    machine.bring(PROJECT, academy.SOURCES, academy.LEFT_OUT)
    machine.must("tee", academy.SETTINGS, text=LAYER_NODES)
    for name in ("w", "b"):
        machine.must(*academy.INSTALL, "--lay", "--node", name)
    # what packages enable would start with each machine, whatever it is to be; bin/install enables its own
    machine.must("systemctl", "disable", "--quiet", *STARTED_BY_PACKAGES)
    machine.must("systemctl", "mask", "--quiet", "systemd-networkd-wait-online.service")


def install_all(pods: Pods) -> None:
    """The front makes the keys; the pod has a majority once its second machine is there."""
    for name, machine in pods.machines.items():
        machine.bring(PROJECT, academy.SOURCES, academy.LEFT_OUT)
        machine.must("tee", academy.SETTINGS, text=FILE.text)
        if name == FRONT:
            machine.bring(pods.authority.ca.parent, "/srv/tls")
        else:
            power.bring_agent(machine)
            nodes.bring_keys(pods.front, machine)
        _install(machine, is_awaited=name == HOSTS[1])


def _install(machine: Machine, *, is_awaited: bool) -> None:
    """`is_awaited`: the others have no majority yet."""
    code, said = nodes.install(machine)
    if code == 69 and not is_awaited:
        assert "Pacemaker attend ici les autres machines" in said[-1000:]
    else:
        assert code == 0, said[-3000:]
