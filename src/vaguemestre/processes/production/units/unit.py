"""A systemd service of ours, and its file. Pure.

What a process may do is its duty (`processes.duties`); this says the same to systemd (systemd.exec(5)).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

WATCHDOG_SECONDS = 60  # without an answer for that long, a process is ended and started again
_START_SECONDS = 120  # at least; a machine may be busy

# What no process of ours needs. The rest is decided unit by unit.
_CLOSED = (
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "ProtectClock=yes",
    "ProtectKernelModules=yes",
    "ProtectControlGroups=yes",
    "RestrictRealtime=yes",
    "ProtectProc=invisible",
    "LockPersonality=yes",
    "RemoveIPC=yes",
    "KeyringMode=private",
    "SystemCallArchitectures=native",
)
# Not with bubblewrap: these hide parts of /proc, and a user namespace then gets no /proc of its own.
_CLOSED_WITHOUT_SANDBOX = (
    "ProtectKernelTunables=yes",
    "ProtectKernelLogs=yes",
    "ProtectHostname=yes",
    "ProcSubset=pid",
)
_REMOVES_MEMORY = "RemoveIPC=yes"
_NO_SET_ID_FILES = "RestrictSUIDSGID=yes"
# What comes first at boot may come before its database: tried again, while those that need it wait for it
# (systemd.service(5), RestartMode). Any other fault is for somebody to mend.
_UNAVAILABLE = 69  # sysexits.h: what the command line ends with when an engine does not answer
_TRIED_AGAIN = (f"RestartForceExitStatus={_UNAVAILABLE}", "RestartMode=direct", "RestartSec=5")
TARGET = "vaguemestre.target"
_SANDBOX_CALLS = "@mount @sandbox pivot_root"
_SANDBOX_NAMESPACES = "user mnt pid net ipc uts cgroup"  # bwrap(1) --unshare-all


@dataclass(frozen=True)
class Unit:
    """One service. `after`: units that come before it, `requires`: without which it does not start."""

    name: str  # without .service
    description: str
    argv: tuple[str, ...]
    user: str = "root"
    group: str = ""
    groups: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    bound_to: tuple[str, ...] = ()  # units without which it does not start, and with which it ends
    mounted: Path | None = None  # it starts only while something is mounted there
    target: str = TARGET  # starts it at boot; ours stops it too
    writes: tuple[Path, ...] = ()
    hidden: tuple[Path, ...] = ()
    credentials: tuple[tuple[str, Path], ...] = ()  # name → file, read by systemd as root
    capabilities: tuple[str, ...] = ()
    asks_interfaces: bool = False  # getifaddrs(3), of Postfix and bubblewrap
    leaves_machine: bool = False  # speaks to other machines
    sandboxes: bool = False
    memory_max: str = "1G"
    start_seconds: int = 0  # it may take that long to answer
    stop_seconds: int = 15
    is_notified: bool = True  # a companion tells systemd that it answers (processes.watchdog)
    is_oneshot: bool = False
    is_guest: bool = False  # RemoveIPC would delete the shared memory of the other service of its user
    oneshot_limit: str = "15min"  # systemd.time(7)
    is_wanted: bool = True  # the target starts it; else something else does
    reads_homes: bool = False  # a certificate may lie under /root
    reload_argv: tuple[str, ...] = ()
    allows_set_ids: bool = False  # changes users by itself: the masters of Debian's engines
    compiles: bool = False  # makes code of its rules or patterns as it starts
    calls: tuple[str, ...] = ()  # system calls beyond those of an ordinary service
    denied_calls: str = ""  # of an ordinary service, which this one does without
    umask: str = "0027"

    @property
    def is_root(self) -> bool:
        return self.user == "root"


def render(unit: Unit) -> str:
    """The text of `unit.name`.service."""
    install = (f"WantedBy={unit.target}",)
    sections = (("Unit", _unit(unit)), ("Service", _service(unit)), ("Install", install))
    return "# Written by bin/install: changes belong in a drop-in (systemctl edit).\n" + "\n".join(
        f"[{title}]\n" + "".join(f"{line}\n" for line in lines)
        for title, lines in sections
        if title != "Install" or unit.is_wanted
    )


def _unit(unit: Unit) -> Iterator[str]:
    yield f"Description={unit.description}"
    if unit.after:
        yield f"After={_services(unit.after)}"
    if unit.requires:
        yield f"Requires={_services(unit.requires)}"
    if unit.bound_to:
        yield f"BindsTo={_services(unit.bound_to)}"
    if unit.mounted:
        yield f"AssertPathIsMountPoint={unit.mounted}"
    if unit.target == TARGET:
        yield f"PartOf={TARGET}"
    if not unit.is_oneshot:
        yield "StartLimitIntervalSec=0"


def _service(unit: Unit) -> Iterator[str]:
    if unit.is_oneshot:
        yield from ("Type=oneshot", f"TimeoutStartSec={unit.oneshot_limit}")
        if unit.is_wanted:
            yield "RemainAfterExit=yes"
            yield from _TRIED_AGAIN
    elif unit.is_notified:
        yield from ("Type=notify", "NotifyAccess=all", f"WatchdogSec={WATCHDOG_SECONDS}")
        yield from (
            f"TimeoutStartSec={max(_START_SECONDS, unit.start_seconds)}",
            f"TimeoutStopSec={unit.stop_seconds}",
            "TimeoutAbortSec=5",
        )
    else:
        yield from ("Type=exec", "TimeoutStopSec=15")
    yield f"ExecStart={_words(unit.argv)}"
    if unit.reload_argv:
        yield f"ExecReload={_words(unit.reload_argv)}"
    if not unit.is_oneshot and unit.is_wanted:
        yield from ("Restart=always", "RestartSec=1", "RestartSteps=4", "RestartMaxDelaySec=15")
    yield "EnvironmentFile=/etc/vaguemestre/environment"
    yield from (f"Environment={name}={value}" for name, value in sorted(unit.environment.items()))
    yield from _identity(unit)
    yield from _places(unit)
    yield from _rights(unit)
    # the kernel ends the largest process, whose master or pool starts another: no reason to stop them all
    yield from (f"MemoryMax={unit.memory_max}", "OOMPolicy=continue")
    yield from ("TasksMax=4096", "LimitNOFILE=65536")


def _identity(unit: Unit) -> Iterator[str]:
    yield f"User={unit.user}"
    if unit.group:
        yield f"Group={unit.group}"
    if unit.groups:
        yield f"SupplementaryGroups={' '.join(unit.groups)}"
    yield f"UMask={unit.umask}"
    yield from (f"LoadCredential={name}:{path}" for name, path in unit.credentials)


def _places(unit: Unit) -> Iterator[str]:
    if unit.writes:
        yield f"ReadWritePaths={_words(f'-{path}' for path in unit.writes)}"
    if unit.hidden:
        yield f"InaccessiblePaths={_words(f'-{path}' for path in unit.hidden)}"


def _rights(unit: Unit) -> Iterator[str]:
    yield f"ProtectHome={'read-only' if unit.reads_homes else 'yes'}"
    open_ = (
        *(_NOT_FOR_MASTERS if unit.allows_set_ids else ()),
        *((_REMOVES_MEMORY,) if unit.is_guest else ()),
    )
    yield from (line for line in _CLOSED if line not in open_)
    if not unit.sandboxes:
        yield from _CLOSED_WITHOUT_SANDBOX
    if (
        not unit.sandboxes and not unit.is_oneshot
    ):  # bubblewrap needs openat2(2); folders are shared by set-gid
        yield _NO_SET_ID_FILES
    yield f"RestrictNamespaces={_SANDBOX_NAMESPACES if unit.sandboxes else 'yes'}"
    netlink = " AF_NETLINK" if unit.sandboxes or unit.asks_interfaces else ""
    yield f"RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6{netlink}"
    if not unit.compiles:
        yield "MemoryDenyWriteExecute=yes"
    if not unit.leaves_machine:
        yield from ("IPAddressDeny=any", "IPAddressAllow=localhost")
    calls = (_SANDBOX_CALLS,) if unit.sandboxes else unit.calls
    yield from (f"SystemCallFilter={' '.join(('@system-service', *calls))}", "SystemCallErrorNumber=EPERM")
    if not unit.sandboxes:
        denied = f"@raw-io @reboot @swap {unit.denied_calls}".rstrip() if unit.is_root else "@privileged"
        yield from (f"SystemCallFilter=~{denied}", "SystemCallFilter=@chown")
    yield f"CapabilityBoundingSet={' '.join(unit.capabilities)}"
    if unit.sandboxes and not unit.is_root:
        yield "PrivateUsers=identity"  # bubblewrap makes its own namespace of users inside this one
    if unit.capabilities and not unit.is_root:
        yield f"AmbientCapabilities={' '.join(unit.capabilities)}"


# Their own programs become other users, which this would keep them from.
_NOT_FOR_MASTERS = ("NoNewPrivileges=yes", _REMOVES_MEMORY)


def _services(names: Iterable[str]) -> str:
    return " ".join(name if "." in name else f"{name}.service" for name in names)


def _words(words: Iterable[object]) -> str:
    """Words of a command line as systemd splits them (systemd.service(5), « Command lines »)."""
    return " ".join(_word(str(word)) for word in words)


def _word(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("%", "%%").replace("$", "$$").replace('"', '\\"')
    if word == "$MAINPID":
        return word
    return f'"{escaped}"' if not escaped or any(c in escaped for c in " '\";\\") else escaped
