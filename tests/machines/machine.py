"""Debian machines of our own for tests: systemd as first process, in namespaces, on a disk over an image.

Needs root, debootstrap, iproute2, nftables, and a kernel with namespaces, overlayfs and cgroup v2.
Each machine has an address on a bridge of this host, which lets it out to where the host gets its packages.
"""

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

STORE = Path("/var/tmp/vaguemestre-machines")
_BRIDGE, _NETWORK, _HOST = "vmtest0", "10.78.0.0/24", "10.78.0.1"
_IMAGE = STORE / "debian"
_PACKAGES = "ca-certificates,systemd,systemd-sysv,dbus,iproute2,procps"
_USELESS = ("systemd-udevd", "systemd-modules-load", "getty@tty1", "console-getty")
_PATH = "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_BOOT_SECONDS = 300.0  # an installed one starts everything, on busy cores
_NAT = f"""
table ip vmtest {{
 chain out {{
  type nat hook postrouting priority srcnat
  ip saddr {_NETWORK} ip daddr != {_NETWORK} masquerade
 }}
}}
"""
# Runs in the machine's own namespaces, as their first process: mounts its world, then becomes systemd.
# The root is shared, as systemd makes it elsewhere: credentials of units need it.
_INIT = """\
set -e
mount -t overlay overlay -o lowerdir={below},upperdir={disk}/upper,workdir={disk}/work {disk}/root
cd {disk}/root
if [ -n "{shared}" ]; then mkdir -p srv/shared; mount --bind "{shared}" srv/shared; fi
mount -t proc proc proc; mount -t sysfs sysfs sys; mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs tmpfs run; mount -t tmpfs tmpfs tmp; mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do
  touch dev/$device; mount --bind /dev/$device dev/$device
done
mkdir dev/pts dev/shm; mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts; ln -s pts/ptmx dev/ptmx
mount -t tmpfs tmpfs dev/shm; ln -s /proc/self/fd dev/fd
hostname {name}
mkdir -p .before; pivot_root . .before; cd /; umount -l /.before; mount --make-rshared /
exec env -i container=vaguemestre PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --show-status=0
"""


class MachineBroken(Exception):
    """A command about a machine failed; the message holds its last words."""


def host(*argv: str, text: str | None = None) -> str:
    """The output of a command of this host. Raises MachineBroken."""
    ended = subprocess.run(argv, input=text, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise MachineBroken(f"{' '.join(argv[:4])}: {(ended.stderr or ended.stdout)[-600:]}")
    return ended.stdout


@dataclass
class Machine:
    """One machine, by its name and address. `boot` starts it, `cut` ends it as a power cut would.

    `layers`: disks made before (`make_layer`), the uppermost first, under its own.
    `shared`: a folder of this host, at /srv/shared.
    """

    name: str
    address: str
    layers: tuple[str, ...] = ()
    shared: Path | None = None
    pid: int = 0
    _outer: "subprocess.Popen[bytes] | None" = None  # parent of its first process

    @property
    def disk(self) -> Path:
        return STORE / self.name

    @property
    def group(self) -> Path:
        return _control_groups() / f"vmtest-{self.name}"

    def boot(self) -> None:
        """Return once systemd says that the machine is up. Raises MachineBroken."""
        make_image()
        make_network()
        for folder in ("upper", "work", "root"):
            (self.disk / folder).mkdir(parents=True, exist_ok=True)
        self._plug()
        self.group.mkdir(exist_ok=True)
        init = self.disk / "init"
        below = ":".join(str(path) for path in (*(STORE / name / "upper" for name in self.layers), _IMAGE))
        init.write_text(
            _INIT.format(below=below, disk=self.disk, name=self.name, shared=self.shared or ""), "utf-8"
        )
        enter = f"echo $$ >{self.group}/cgroup.procs; exec nsenter --net=/run/netns/vm-{self.name}"
        unshare = "unshare --pid --fork --kill-child --mount --uts --ipc --cgroup --propagation private"
        with (self.disk / "log").open("w", encoding="utf-8") as log:
            self._outer = outer = subprocess.Popen(
                ["/bin/bash", "-c", f"{enter} {unshare} /bin/bash {init}"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + _BOOT_SECONDS
        while not self._is_up(outer.pid):
            if time.monotonic() > deadline or outer.poll() is not None:
                raise MachineBroken(f"{self.name} does not boot: {(self.disk / 'log').read_text()[-600:]}")
            time.sleep(0.2)

    def find(self) -> bool:
        """Whether it runs already, started by a program that has ended since."""
        first = self.group / "init.scope" / "cgroup.procs"
        numbers = first.read_text(encoding="ascii").split() if first.exists() else []
        self.pid = next((int(n) for n in numbers if Path(f"/proc/{n}/comm").read_text() == "systemd\n"), 0)
        return bool(self.pid)

    def run(self, *argv: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command there, as root, and give its output and code."""
        return subprocess.run(self._inside(argv), input=text, capture_output=True, text=True, check=False)

    def start(self, *argv: str) -> "subprocess.Popen[str]":
        """Start a command there without waiting for it."""
        return subprocess.Popen(
            self._inside(argv), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def must(self, *argv: str, text: str | None = None) -> str:
        """The output of a command there. Raises MachineBroken."""
        ended = self.run(*argv, text=text)
        if ended.returncode:
            raise MachineBroken(f"{argv}: {ended.stdout[-1500:]}{ended.stderr[-1500:]}")
        return ended.stdout

    def bring(self, source: Path, target: str, leave_out: Sequence[str] = ()) -> None:
        """Copy a folder of this host into the machine."""
        without = [f"--exclude={name}" for name in leave_out]
        packed = subprocess.run(
            ["tar", "-C", str(source), *without, "-c", "."], capture_output=True, check=True
        )
        self.must("mkdir", "-p", target)
        subprocess.run(self._inside(("tar", "-C", target, "-x")), input=packed.stdout, check=True)

    def cut(self) -> None:
        """End every process at once, and its cable: nobody says that it is gone. The disk stays as it is."""
        if (kill := self.group / "cgroup.kill").exists():
            kill.write_text("1")
        while self._is_populated():
            time.sleep(0.1)
        if self._outer:
            self._outer.wait()
        # a group that was killed once may kill what is started in it anew
        for group in sorted(self.group.rglob("*/"), key=lambda path: len(path.parts), reverse=True):
            group.rmdir()
        with contextlib.suppress(FileNotFoundError):
            self.group.rmdir()
        self.pid, self._outer = 0, None
        self._unplug()

    def _is_populated(self) -> bool:
        events = self.group / "cgroup.events"
        return events.exists() and "populated 1" in events.read_text(encoding="ascii")

    def destroy(self) -> None:
        """End it, with its disk and its cable."""
        self.cut()
        shutil.rmtree(self.disk, ignore_errors=True)

    def _plug(self) -> None:
        space, cable = f"vm-{self.name}", f"vmt-{self.name}"
        self._unplug()
        host("ip", "netns", "add", space)
        host("ip", "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", space)
        host("ip", "link", "set", cable, "master", _BRIDGE, "up")
        for words in ("link set lo up", f"addr add {self.address}/24 dev eth0", "link set eth0 up",
                      f"route add default via {_HOST}",
                      f"-6 addr add fd78::{self.address.rpartition('.')[2]}/64 dev eth0 nodad"):  # fmt: skip
            host("ip", "-n", space, *words.split())

    def _unplug(self) -> None:
        # the cable first: that of a network that ends goes a while after it
        for words in (f"link del vmt-{self.name}", f"netns del vm-{self.name}"):
            subprocess.run(["ip", *words.split()], capture_output=True, check=False)

    def _inside(self, argv: Sequence[str]) -> list[str]:
        clean = ("/usr/bin/env", "-i", "HOME=/root", "LANG=C.UTF-8", f"PATH={_PATH}",
                 "PIP_CERT=/etc/ssl/certs/ca-certificates.crt")  # fmt: skip
        return ["nsenter", "-t", str(self.pid), "-m", "-p", "-u", "-i", "-n", "-C", "-r", "-w", *clean, *argv]

    def _is_up(self, outer: int) -> bool:
        children = Path(f"/proc/{outer}/task/{outer}/children")
        first = children.read_text().split() if children.exists() else []
        if not first or Path(f"/proc/{first[0]}/comm").read_text().strip() != "systemd":
            return False
        self.pid = int(first[0])
        return self.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")


def _control_groups() -> Path:
    """Where this host has its second version of control groups. Raises MachineBroken."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    for _, place, kind, *_ in mounts:
        if kind == "cgroup2":
            return Path(place)
    raise MachineBroken("this host has no cgroup v2")


def make_image() -> None:
    """A bare Debian 13 with systemd, made once; packages come from where this host gets its own."""
    if (_IMAGE / "etc/vaguemestre-image").exists():
        return
    shutil.rmtree(_IMAGE, ignore_errors=True)
    _IMAGE.mkdir(parents=True)
    sources = sorted(Path("/etc/apt/sources.list.d").glob("*.sources"))
    lines = [line for file in sources for line in file.read_text(encoding="utf-8").splitlines()]
    mirror = next(line.split()[1] for line in lines if line.startswith("URIs: http"))
    host("debootstrap", "--variant=minbase", f"--include={_PACKAGES}", "trixie", str(_IMAGE), mirror)
    shutil.copy("/etc/apt/sources.list.d/debian.sources", _IMAGE / "etc/apt/sources.list.d")
    for folder in ("etc/apt/keyrings", "usr/local/share/ca-certificates"):
        if Path("/", folder).is_dir():
            shutil.copytree(Path("/", folder), _IMAGE / folder, dirs_exist_ok=True)
    for file in ("etc/pip.conf", "etc/resolv.conf"):
        if Path("/", file).exists():
            (_IMAGE / file).unlink(missing_ok=True)
            shutil.copy(Path("/", file), _IMAGE / file)
    host("chroot", str(_IMAGE), "update-ca-certificates")
    # the machine's own resolver validates; the one that this host asks may not
    name = urlsplit(mirror).hostname or ""
    (_IMAGE / "etc/hosts").write_text(
        f"127.0.0.1 localhost\n::1 localhost\n{socket.gethostbyname(name)} {name}\n", encoding="utf-8"
    )
    for unit in _USELESS:
        (_IMAGE / f"etc/systemd/system/{unit}.service").symlink_to("/dev/null")
    (_IMAGE / "etc/vaguemestre-image").touch()


def make_layer(machine: Machine, content: str, fill: Callable[[Machine], None]) -> None:
    """Make the disk of that machine once, for others to stand on. `content`: made anew when it changes."""
    mark = machine.disk / "layer"
    if mark.exists() and mark.read_text(encoding="utf-8") == content:
        return
    machine.destroy()
    machine.boot()
    try:
        fill(machine)
        machine.must("sh", "-c", "rm -f /etc/machine-id; apt-get clean; sync")
    finally:
        machine.cut()
    mark.write_text(content, encoding="utf-8")


def make_network() -> None:
    """The bridge the machines are plugged into, and their way out."""
    if Path(f"/sys/class/net/{_BRIDGE}").exists():
        return
    host("ip", "link", "add", _BRIDGE, "type", "bridge")
    host("ip", "addr", "add", f"{_HOST}/24", "dev", _BRIDGE)
    host("ip", "-6", "addr", "add", "fd78::1/64", "dev", _BRIDGE, "nodad")
    host("ip", "link", "set", _BRIDGE, "up")
    host("sysctl", "-q", "-w", "net.ipv4.ip_forward=1")
    host("nft", "-f", "-", text=_NAT)
