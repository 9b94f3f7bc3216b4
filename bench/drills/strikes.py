"""How a fault is done to a machine, and mended."""

import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.drills.choice import Fault, Kind, Places
from bench.drills.cluster import (
    ADDRESSES,
    DATABASES,
    ENTRIES,
    FRONTS,
    HOSTS,
    STORAGE,
    Cluster,
    comes,
    free_bytes,
)
from tests.machines import academy, nodes
from tests.machines.machine import Machine, MachineBroken, host

_UNITS = {
    **dict.fromkeys(ENTRIES, ("haproxy", "keepalived")),
    **dict.fromkeys(
        FRONTS,
        ("vaguemestre-front", "vaguemestre-web", "vaguemestre-worker", "vaguemestre-push",
         "vaguemestre-dovecot", "vaguemestre-postfix", "vaguemestre-rspamd", "patroni", "etcd",
         "haproxy"),
    ),
    "dr-d3": ("patroni", "etcd"),
    **dict.fromkeys(HOSTS, ("corosync", "vaguemestre-dovecot")),
}  # fmt: skip
PLACES = Places(tuple(ADDRESSES), DATABASES, (*FRONTS, "dr-d3", "storage"), (*FRONTS, *HOSTS), _UNITS)
_FILL = "drill-fill"
_PATRONI = ("patronictl", "-c", "/etc/patroni/config.yml")
_STOP_SECONDS = 90.0
_METADATA_BYTES = 32 << 20  # of the file that fills it, at most
# at the bridge: what asks for addresses (ARP) is cut too
_CUT = """
table bridge {table} {{
 chain gone {{ type filter hook {hook} priority 0; {which} "vmt-{name}" drop; }}
}}
"""


def strike(cluster: Cluster, fault: Fault) -> None:
    """Do it. Returns once it is done; a restart and an upgrade are whole by then."""
    _WAYS[fault.kind](cluster, cluster.machines.get(fault.node), fault.unit)


def mend(cluster: Cluster, fault: Fault) -> None:
    """Undo it; start every machine that is off, whoever ended it."""
    machine = cluster.machines.get(fault.node)
    if fault.kind is Kind.FULL:
        _path(machine).unlink(missing_ok=True)
    elif machine and machine.pid and fault.kind is Kind.FROZEN:
        machine.run("systemctl", "kill", "--signal=SIGCONT", fault.unit)
    elif machine:
        for words in (f"ip link set vmt-{machine.name} up", f"nft delete table bridge {_table(machine)}"):
            subprocess.run(words.split(), capture_output=True, check=False)
    for one in cluster.machines.values():
        if not one.pid:
            one.boot()


def _power(cluster: Cluster, machine: Machine, _: str) -> None:
    cluster.switch.cut(machine.name)


def _cable(_: Cluster, machine: Machine, __: str) -> None:
    host("ip", "link", "set", f"vmt-{machine.name}", "down")


def _one_way(hook: str, which: str) -> "Way":
    def cut(_: Cluster, machine: Machine, __: str) -> None:
        table, name = _table(machine), machine.name
        host("nft", "-f", "-", text=_CUT.format(table=table, hook=hook, which=which, name=name))

    return cut


def _table(machine: Machine) -> str:
    return f"drill_{machine.name.replace('-', '_')}"


def _freeze(_: Cluster, machine: Machine, unit: str) -> None:
    machine.must("systemctl", "kill", "--signal=SIGSTOP", unit)


def _fill(_: Cluster, machine: Machine | None, __: str) -> None:
    """Take every byte of that file system; what is let go meanwhile too."""
    path = _path(machine)
    host("fallocate", "-l", str(max(4096, free_bytes(path.parent) - _METADATA_BYTES)), str(path))
    with suppress(OSError), path.open("ab") as file:
        while True:
            file.write(b"\0" * 4096)
            file.flush()


def _switch(cluster: Cluster, _: Machine, __: str) -> None:
    cluster.running(DATABASES)[0].must(*_PATRONI, "switchover", "--force")


def _restart(cluster: Cluster, machine: Machine, _: str) -> None:
    with suppress(OSError):
        machine.start("systemctl", "poweroff")
    comes(lambda: not Path(f"/proc/{machine.pid}").exists(), _STOP_SECONDS)
    cluster.switch.cut(machine.name)
    machine.boot()


def _upgrade(_: Cluster, machine: Machine, __: str) -> None:
    """Another version, as its files differ: a line more in one that nothing reads."""
    machine.must("sh", "-c", f"echo {time.time_ns()} >> {academy.SOURCES}/docs/drill.txt")
    code, said = nodes.install(machine)
    if code:
        raise MachineBroken(f"bin/install gave {code}: {said[-200:]}")


def _path(machine: Machine | None) -> Path:
    return (machine.disk if machine else STORAGE) / _FILL


type Way = Callable[[Cluster, Any, str], None]
_WAYS: dict[Kind, Way] = {
    Kind.POWER: _power,
    Kind.CABLE: _cable,
    Kind.DEAF: _one_way("postrouting", "oifname"),
    Kind.MUTE: _one_way("prerouting", "iifname"),
    Kind.FROZEN: _freeze,
    Kind.FULL: _fill,
    Kind.SWITCH: _switch,
    Kind.RESTART: _restart,
    Kind.UPGRADE: _upgrade,
}
