"""`webmail.ports.Convert`: a decoder in a process of its own, shut in (rules C and K).

With bubblewrap it sees an empty world: read-only system, one folder of its own. Without, it is at least
another user without network; office documents are then not converted at all.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore

from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.mailbox.webmail.ports import ConversionRefused
from vaguemestre.mailbox.webmail.values import Conversion

_INSIDE = Path(__file__).parent / "inside"
_NOBODY = "65534"
_SHOWN = ("/etc/fonts", "/etc/libreoffice", "/etc/alternatives", "/usr", "/var/cache/fontconfig")
_LINKS = (("usr/lib", "/lib"), ("usr/lib64", "/lib64"), ("usr/bin", "/bin"), ("usr/sbin", "/sbin"))
_NAMES = {Conversion.HEIC: "picture.jpg", Conversion.TNEF: "message.eml", Conversion.OFFICE: "file.pdf"}


@dataclass(frozen=True)
class Limits:
    """Of one decoder: seconds of clock and of processor, octets of memory and of output."""

    seconds: float
    processor: int
    memory: int
    output: int


_LIMITS = {
    Conversion.HEIC: Limits(10, 8, 1_500_000_000, 20_000_000),
    Conversion.TNEF: Limits(10, 8, 1_000_000_000, 60_000_000),
    Conversion.OFFICE: Limits(30, 25, 4_000_000_000, 60_000_000),
}


class Apart:
    """Runs decoders, a few at a time. `at_once`: per process; the others wait their turn, then give up."""

    def __init__(self, at_once: int = 2) -> None:
        self._turns = BoundedSemaphore(at_once)

    def __call__(self, what: Conversion, content: bytes) -> bytes:
        if not self._turns.acquire(timeout=_LIMITS[what].seconds):
            raise EngineDown("too many files are being decoded")
        try:
            with tempfile.TemporaryDirectory(prefix="vaguemestre-apart-") as folder:
                return _converted(what, content, Path(folder))
        finally:
            self._turns.release()


def can_show_office() -> bool:
    """Whether LibreOffice and bubblewrap are on this machine."""
    return bool(shutil.which("soffice") and shutil.which("bwrap"))


def _converted(what: Conversion, content: bytes, folder: Path) -> bytes:
    limits = _LIMITS[what]
    (folder / "file").write_bytes(content)
    folder.chmod(0o777)
    argv = [*walls(folder), *measured(limits), *_decoder(what)]
    try:
        ended = subprocess.run(
            argv,
            cwd=folder,
            env={"HOME": "/tmp", "PATH": "/usr/bin:/bin", "LANG": "fr_FR.UTF-8"},  # noqa: S108 - its own /tmp
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ConversionRefused("webmail.preview-too-slow") from error
    except OSError as error:
        raise EngineDown(f"decoder: {error}") from error
    made = folder / _NAMES[what]
    if ended.returncode or made.is_symlink() or not made.is_file():
        raise ConversionRefused("webmail.preview-impossible")
    if made.stat().st_size > limits.output:
        raise ConversionRefused("webmail.preview-too-heavy")
    return made.read_bytes()


def _decoder(what: Conversion) -> Sequence[str]:
    if what is Conversion.OFFICE:
        if not can_show_office():
            raise EngineDown("soffice and bwrap are needed for office documents")
        return (
            "/usr/bin/soffice", "--headless", "--norestore", "--nolockcheck", "--nodefault", "--safe-mode",
            "-env:UserInstallation=file:///tmp/profile", "--convert-to", "pdf", "--outdir", ".", "file",
        )  # fmt: skip
    return (sys.executable, "-I", str(_INSIDE / f"{what.value}.py"))


def measured(limits: Limits) -> Sequence[str]:
    """The beginning of a command whose process is held to those limits."""
    return (
        "/usr/bin/prlimit", f"--cpu={limits.processor}", f"--as={limits.memory}",
        f"--fsize={limits.output}", "--core=0", "--nofile=512", "--",
    )  # fmt: skip


def walls(folder: Path | None, shown: Sequence[str] = ()) -> Sequence[str]:
    """The beginning of a command whose process is shut in. `folder`: its own, if any; `shown`: read only."""
    if shutil.which("bwrap"):
        return tuple(_bubble(folder, shown))
    is_root = os.geteuid() == 0
    apart = ("/usr/bin/unshare", "--net", "--ipc", "--") if is_root else ()
    other = (
        ("/usr/bin/setpriv", "--reuid", _NOBODY, "--regid", _NOBODY, "--clear-groups", "--no-new-privs", "--")
        if is_root
        else ("/usr/bin/setpriv", "--no-new-privs", "--")
    )
    return (*apart, *other)


def _bubble(folder: Path | None, more: Sequence[str]) -> Sequence[str]:
    argv = ["bwrap", "--unshare-all", "--die-with-parent", "--cap-drop", "ALL"]
    argv += ["--uid", _NOBODY, "--gid", _NOBODY, "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]  # noqa: S108
    for link, place in _LINKS:
        argv += ["--symlink", link, place]
    prefix = Path(sys.prefix)
    for shown in (*_SHOWN, str(prefix), str(prefix.resolve()), *more, str(_INSIDE)):
        argv += ["--ro-bind-try", shown, shown]
    own = ["--bind", str(folder), "/apart", "--chdir", "/apart"] if folder is not None else ["--chdir", "/"]
    return [*argv, *own, "--"]
