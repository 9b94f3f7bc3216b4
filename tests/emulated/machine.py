"""A machine that QEMU emulates: killed from outside, it loses what its own kernel had not yet written."""

import lzma
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

GUEST = Path(__file__).with_name("guest.py")
SOURCE = Path(__file__).parents[2] / "src"
_OURS = (
    "vaguemestre/__init__.py",
    "vaguemestre/engines/__init__.py",
    "vaguemestre/engines/file_store.py",
    "vaguemestre/foundation/__init__.py",
    "vaguemestre/foundation/kernel/__init__.py",
    "vaguemestre/foundation/kernel/errors.py",
)
# Files of Python that the guest's program imports, compiled where they are.
_MODULES = """
import sys
sys.path.insert(0, sys.argv[1])
import ctypes, os, pathlib, sqlite3, time, encodings.ascii, encodings.latin_1, encodings.utf_8
import vaguemestre.engines.file_store
kinds = ("__file__", "__cached__")
names = {getattr(module, kind, None) for module in sys.modules.values() for kind in kinds}
print(*sorted(name for name in names - {None} if not name.startswith(sys.argv[1])), sep="\\n")
"""


# Python finds no entropy so early, and says so.
_KERNEL_WORDS = "console=ttyS0 quiet panic=-1 no_timer_check nokaslr mitigations=off PYTHONHASHSEED=0"


class Kernel(NamedTuple):
    image: Path
    disk_module: Path  # virtio_blk


def debian_kernel(folder: Path) -> Kernel:
    """Debian's kernel for virtual machines, unpacked and not installed. Raises CalledProcessError."""
    depends = subprocess.run(
        ["apt-cache", "depends", "linux-image-cloud-amd64"], capture_output=True, text=True, check=True
    ).stdout
    name = next(line.split()[-1] for line in depends.splitlines() if "Depends: linux-image-" in line)
    subprocess.run(["apt-get", "download", name], cwd=folder, capture_output=True, check=True)
    package = next(folder.glob("linux-image-*.deb"))
    subprocess.run(["dpkg-deb", "-x", str(package), str(folder)], check=True)
    module = next(folder.rglob("virtio_blk.ko.xz"))
    plain = folder / "virtio_blk.ko"
    plain.write_bytes(lzma.decompress(module.read_bytes()))
    return Kernel(next(folder.glob("boot/vmlinuz-*")), plain)


def _entry(
    name: str, mode: int, content: bytes = b"", device: tuple[int, int] = (0, 0), changed: int = 0
) -> bytes:
    """One member of an archive "newc" (kernel documentation, initramfs buffer format)."""
    fields = (0, mode, 0, 0, 1, changed, len(content), 0, 0, *device, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
    return _padded(head) + _padded(content)


def _padded(piece: bytes) -> bytes:
    return piece + bytes(-len(piece) % 4)


class _File(NamedTuple):
    """`changed`: Unix time; what Python compiled counts for a source of that very time."""

    name: str
    mode: int
    content: bytes
    changed: int = 0


def _copy(file: str, mode: int = 0o100755, name: str = "") -> _File:
    return _File(name or file, mode, Path(file).read_bytes(), int(Path(file).stat().st_mtime))


def _files(kernel: Kernel, pragmas: str) -> Iterator[_File]:
    python = os.path.realpath(sys.executable)
    listed = _said(python, "-SB", "-c", _MODULES, str(SOURCE))
    modules = [name for name in listed.split() if Path(name).exists()]
    libraries = _said("ldd", python, *(name for name in modules if name.endswith(".so")))
    paths = {word for word in libraries.split() if word.startswith("/") and not word.endswith(":")}
    for file in (python, *modules):
        yield _copy(file)
    for library in sorted(paths):  # beneath /usr, where /lib leads
        yield _copy(library, name=f"/usr/{library.removeprefix('/usr').lstrip('/')}")
    for name in _OURS:
        yield _copy(str(SOURCE / name), 0o100644, f"/app/{name}")
    yield _File("/lib", 0o120777, b"usr/lib")
    yield _File("/lib64", 0o120777, b"usr/lib64")
    head = f"#!{python} -SB\nimport sys\nsys.path.insert(0, '/app')\n"
    yield _File("/init", 0o100755, head.encode() + GUEST.read_bytes())
    yield _File("/virtio_blk.ko", 0o100644, kernel.disk_module.read_bytes())
    yield _File("/pragmas", 0o100644, pragmas.encode())


def _said(*argv: str) -> str:
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout


def memory_disk(kernel: Kernel, pragmas: str) -> bytes:
    """What the machine starts from: Python, our store, the guest's program."""
    files = {file.name.lstrip("/"): file for file in _files(kernel, pragmas)}
    folders = {str(parent) for name in files for parent in Path(name).parents} - {"."}
    archive = [_entry(folder, 0o040755) for folder in sorted({*folders, "dev"})]
    archive.append(_entry("dev/console", 0o020600, device=(5, 1)))  # where a failure is said
    archive += [_entry(name, file.mode, file.content, changed=file.changed) for name, file in files.items()]
    return b"".join((*archive, _entry("TRAILER!!!", 0)))


class Held(NamedTuple):
    """What the disk held when the machine started."""

    rows: int
    highest: int
    files: int
    verdict: str


class Machine:
    """One disk, on which a machine starts and is cut again and again."""

    def __init__(self, folder: Path, kernel: Kernel, pragmas: str) -> None:
        self._folder, self._kernel = folder, kernel
        folder.mkdir()
        (folder / "initrd").write_bytes(memory_disk(kernel, pragmas))
        self._disk = folder / "disk"
        with self._disk.open("wb") as disk:
            disk.truncate(96 << 20)
        subprocess.run(["mkfs.ext4", "-q", str(self._disk)], check=True)

    def run(self, promises: int) -> tuple[Held, int]:
        """Start it, cut its power after so many promises: what it held at its start, the last promise."""
        argv = [
            "qemu-system-x86_64", "-accel", "tcg", "-cpu", "qemu64", "-m", "512",
            "-display", "none", "-monitor", "none", "-serial", "stdio", "-net", "none", "-no-reboot",
            "-kernel", str(self._kernel.image), "-initrd", str(self._folder / "initrd"),
            "-append", _KERNEL_WORDS,
            "-drive", f"file={self._disk},if=virtio,format=raw,cache=writeback",
        ]  # fmt: skip
        said = b""
        with subprocess.Popen(argv, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as machine:
            assert machine.stdout
            held, last = None, 0
            for line in machine.stdout:
                said += line
                word, *fields = line.decode(errors="replace").split() or [""]
                if word == "HELD":
                    rows, highest, files, *verdict = fields
                    held = Held(int(rows), int(highest), int(files), " ".join(verdict))
                elif word == "P" and held:
                    last = int(fields[0])
                    promises -= 1
                    if not promises:
                        break
            machine.send_signal(signal.SIGKILL)
        lines = said.decode(errors="replace").splitlines()
        assert held, "\n".join(line for line in lines if not line.startswith("["))[-3000:]
        return held, last
