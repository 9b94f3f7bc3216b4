"""The machines of a drill: their file, their disks, their installation. Needs root, as tests/machines does.

    e1 e2        entry                      HAProxy, keepalived
    w1 w2        database, web, proxy, mx   etcd, Patroni, pages, Dovecot's proxy, Postfix, rspamd
    d3           database                   the third voter
    b1 b2 b3     pod                        Pacemaker, Corosync; one pod that any of them serves

Each has a disk of its own, which can be full; the pod's storage is another one, mounted where it is served.
"""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path

from tests.machines import academy, nodes, pods, power, site_certificate
from tests.machines.academy import Agent, Client
from tests.machines.cluster_file import ClusterFile, Node
from tests.machines.machine import STORE, Machine, host, make_layer, make_network
from tests.machines.power import PowerSwitch

from vaguemestre.engines.tls.certificates import Certificates
from vaguemestre.site.config import PROJECT

ENTRIES, FRONTS, HOSTS = ("dr-e1", "dr-e2"), ("dr-w1", "dr-w2"), ("dr-b1", "dr-b2", "dr-b3")
DATABASES = (*FRONTS, "dr-d3")
ADDRESSES = {
    name: f"10.78.0.{100 + number}"
    for number, name in enumerate((*FRONTS, "dr-d3", *HOSTS, *ENTRIES), start=1)
}
SHARED, POD = "10.78.0.110", "10.78.0.111"
STATE = STORE / "drill"
_LAYER = Machine("dr-layer", "10.78.0.100", (pods.LAYER.name,))
STORAGE = STORE / "dr-storage"
_DISK_BYTES, _STORAGE_BYTES = 4 << 30, 2 << 30
_STARTED_BY_PACKAGES = (
    "keepalived", "dovecot.service", "dovecot.socket", "ipmievd", "nginx", "postfix",
    "postfix-mta-sts-resolver", "postfix-resolvconf.path", "postsrsd", "rspamd", "valkey-server",
)  # fmt: skip
_PRESETS = "/etc/systemd/system-preset"
_LAYER_NODES = pods.LAYER_NODES + '[[node]]\nname = "e"\nduties = ["entry"]\n'


def duties_of(name: str) -> tuple[str, ...]:
    if name in ENTRIES:
        return ("entry",)
    if name in HOSTS:
        return ("pod",)
    return ("database", "web", "proxy", "mx") if name in FRONTS else ("database",)


FILE = ClusterFile(
    tuple(Node(name, address, duties_of(name)) for name, address in ADDRESSES.items()), entry=SHARED, pod=POD
)


@dataclass
class Cluster:
    """The machines, and who may use them. `switch`: their power, which Pacemaker may cut too."""

    machines: dict[str, Machine]
    switch: PowerSwitch
    authority: Certificates
    agents: tuple[Agent, ...] = ()
    recipients: list[str] = field(default_factory=list)

    def client(self, name: str = "") -> Client:
        """A client of that front; of the entries' address for ""."""
        return Client(self.machines[name] if name else Machine("shared", SHARED), self.authority)

    def exchangers(self) -> list[Client]:
        """Where mail for the site is brought, in the order of its MX records: the address that the entries
        share, then that of each of them.
        """
        return [self.client(), *(self.client(name) for name in ENTRIES)]

    def holders(self) -> list[str]:
        """The machines where the pod's folder is mounted."""
        return [name for name in HOSTS if pods.has_mounted(self.machines[name])]

    def running(self, names: Iterable[str]) -> list[Machine]:
        return [self.machines[name] for name in names if self.machines[name].pid]


def new_cluster() -> Cluster:
    machines = {
        name: Machine(name, address, (_LAYER.name, pods.LAYER.name), STORAGE if name in HOSTS else None)
        for name, address in ADDRESSES.items()
    }
    return Cluster(machines, PowerSwitch(machines), site_certificate.make(_folder(STATE / "tls")))


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


# Disks


def mount_disk(folder: Path, size: int) -> None:
    """A file system of its own at that folder, made the first time; this host gives what it holds."""
    _folder(folder)
    if folder.is_mount():
        return
    image = folder.with_suffix(".img")
    if not image.exists():
        with image.open("wb") as file:
            file.truncate(size)
        host("mkfs.ext4", "-q", "-m", "0", str(image))
    host("mount", "-o", "loop", str(image), str(folder))


def throw_away(cluster: Cluster) -> None:
    """Every machine and its disk, the pod's storage, who was there."""
    for machine in (*cluster.machines.values(), _LAYER):
        machine.cut()
    for folder in (*(machine.disk for machine in cluster.machines.values()), STORAGE):
        while folder.is_mount():
            host("umount", str(folder))
        folder.with_suffix(".img").unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(STATE, ignore_errors=True)


# Machines


def say(words: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {words}\n")
    sys.stdout.flush()


def boot(cluster: Cluster) -> None:
    """Have all of them run, together: each waits for others. Those that run already are left as they are."""

    def one(machine: Machine) -> None:
        if not machine.find():
            mount_disk(machine.disk, _DISK_BYTES)
            machine.cut()
            machine.boot()
            say(f"{machine.name} is up")

    make_network()
    with ThreadPoolExecutor(len(cluster.machines)) as pool:
        list(pool.map(one, cluster.machines.values()))


def make(cluster: Cluster) -> None:
    """Boot them; install what is not there yet; open accounts. Gone on with where it was stopped."""
    pods.make_packages_layer()
    make_layer(_LAYER, "drill", _lay)
    mount_disk(STORAGE, _STORAGE_BYTES)
    _folder(STORAGE / "p1")
    boot(cluster)
    _install_all(cluster)
    _open(cluster)


def upgrade(cluster: Cluster) -> None:
    """This version on every machine, two at once: never both fronts, never the pod's before its spares."""
    boot(cluster)
    spares = [name for name in HOSTS if name not in cluster.holders()]
    order = (FRONTS[0], *spares, FRONTS[1], *cluster.holders(), *ENTRIES, DATABASES[-1])
    for pair in batched(order, 2, strict=False):
        for name in pair:
            cluster.machines[name].must("rm", "-rf", academy.SOURCES)
            cluster.machines[name].bring(PROJECT, academy.SOURCES, academy.LEFT_OUT)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda name: _install(cluster, name, brings_keys=False), pair))


def _lay(machine: Machine) -> None:
    machine.bring(PROJECT, academy.SOURCES, academy.LEFT_OUT)
    machine.must("tee", academy.SETTINGS, text=_LAYER_NODES)
    for name in ("w", "b", "e"):
        machine.must(*academy.INSTALL, "--lay", "--node", name)
    # a machine starts nothing that bin/install did not enable on it, its first start included
    machine.must("mkdir", "-p", _PRESETS)
    machine.must("tee", f"{_PRESETS}/00-drill.preset", text="disable *\n")
    machine.must("systemctl", "disable", "--quiet", *pods.STARTED_BY_PACKAGES, *_STARTED_BY_PACKAGES)
    machine.must("systemctl", "mask", "--quiet", "systemd-networkd-wait-online.service")


def _install_all(cluster: Cluster) -> None:
    """The first front makes the keys, and waits for the other databases; so do machines of the pod."""
    first, second = FRONTS
    if not _mark(first).exists():
        # etcd tells Patroni its version once all of its members were there
        _install_each(cluster, (first,), turn="-first", may_wait=True)
        _install_each(cluster, DATABASES[-1:], turn="-first", may_wait=True)
        _install_each(cluster, (second,))
        _install_each(cluster, (DATABASES[-1], first))
    _install_each(cluster, HOSTS[:2], turn="-first", may_wait=True)
    _install_each(cluster, (HOSTS[2], *ENTRIES))
    _install_each(cluster, HOSTS)


def _mark(name: str) -> Path:
    return _folder(STATE / "installed") / name


def _install_each(cluster: Cluster, names: Iterable[str], turn: str = "", *, may_wait: bool = False) -> None:
    """Two at once; those that had their turn are left alone."""

    def one(name: str) -> None:
        if not _mark(name + turn).exists():
            _install(cluster, name, may_wait=may_wait)
            _mark(name + turn).touch()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, names))


def _install(cluster: Cluster, name: str, *, may_wait: bool = False, brings_keys: bool = True) -> None:
    """`may_wait`: others are still missing for a majority."""
    machine, first = cluster.machines[name], cluster.machines[FRONTS[0]]
    began = time.monotonic()
    if not machine.pid:  # Pacemaker of the first two has the third cut that it does not see yet
        machine.boot()
    machine.must("tee", academy.SETTINGS, text=FILE.text)
    if name in FRONTS:
        machine.bring(cluster.authority.ca.parent, "/srv/tls")
    if name in HOSTS:
        power.bring_agent(machine)
    if brings_keys and machine is not first and name not in ENTRIES:
        nodes.bring_keys(first, machine)
    code, said = nodes.install(machine)
    say(f"{name}: bin/install gave {code} after {time.monotonic() - began:.0f} s")
    if code and not (code == 69 and may_wait):
        raise RuntimeError(f"{name}: {said[-3000:]}")


def _open(cluster: Cluster) -> None:
    """Two agents with open accounts, kept for later runs; whom one may write to."""
    kept, front = STATE / "people.json", cluster.machines[FRONTS[0]]
    if not kept.exists():
        agents = [vars(agent) for agent in academy.open_agents(front)]
        kept.write_text(json.dumps([agents, academy.addresses(front)]), encoding="utf-8")
    academy.run_script(front, Path(__file__).with_name("allow_many.py"))
    agents, cluster.recipients = json.loads(kept.read_text(encoding="utf-8"))
    cluster.agents = tuple(Agent(**agent) for agent in agents)
    for agent in cluster.agents:
        cluster.client().wait_until_signed_in(agent)


def stop(cluster: Cluster) -> None:
    for machine in cluster.machines.values():
        machine.cut()


def comes(holds: Callable[[], object], seconds: float, pause: float = 0.5) -> bool:
    """Whether it holds before that time is over."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)  # what a machine becomes is told by no event outside of it
    return True


def free_bytes(folder: Path) -> int:
    return int(subprocess.check_output(["stat", "-f", "-c", "%a", folder])) * 4096
