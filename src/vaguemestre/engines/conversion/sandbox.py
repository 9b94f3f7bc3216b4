"""`webmail.ports.Convert`: a decoder in a sandboxed process of its own (docs/security.md rules C and K).

With bubblewrap it sees a read-only system and one folder of its own. Without, it is at least another user
without network, and office documents are not converted.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vaguemestre.engines.conversion.turns import Turns
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.mailbox.webmail.ports import ConversionRefused
from vaguemestre.mailbox.webmail.values import Conversion

_DECODERS = Path(__file__).parent / "decoders"
_NOBODY = "65534"
_READ_ONLY = ("/etc/fonts", "/etc/libreoffice", "/etc/alternatives", "/usr", "/var/cache/fontconfig")
_LINKS = (("usr/lib", "/lib"), ("usr/lib64", "/lib64"), ("usr/bin", "/bin"), ("usr/sbin", "/sbin"))
_TEMPORARY_BYTES = 500_000_000  # in memory: what LibreOffice unpacks
_FOLDER = "/vaguemestre-sandbox"  # in the sandbox: the name of no folder that is bound there
_MAX_OFFICE_WAITING = 100  # more than the worker has threads
_OUTPUT_NAMES = {
    Conversion.HEIC: "picture.jpg",
    Conversion.TNEF: "message.eml",
    Conversion.OFFICE: "file.pdf",
}


@dataclass(frozen=True)
class Limits:
    """Limits of one process: seconds of clock and of processor, octets of memory and of output.

    `memory`: addresses, mapped files too; `data`: of these, what is its own alone (0: no other limit).
    """

    seconds: float
    processor: int
    memory: int
    output: int
    data: int = 0


_LIMITS = {
    Conversion.HEIC: Limits(10, 8, 1_500_000_000, 20_000_000),
    Conversion.TNEF: Limits(10, 8, 1_000_000_000, 60_000_000),
    # LibreOffice maps more than it uses; twenty photos of 12 megapixels take 0.9 GB
    Conversion.OFFICE: Limits(30, 25, 4_000_000_000, 60_000_000, data=1_500_000_000),
}


class SandboxedConverter:
    """Runs decoders. `turns`: those of the process; without, this one's own.

    Office documents, which the worker alone converts, have their own turns: no page waits behind them.
    """

    def __init__(self, turns: Turns | None = None) -> None:
        self._turns = turns or Turns()
        self._office_turns = Turns(waiting=_MAX_OFFICE_WAITING)

    def __call__(self, what: Conversion, content: bytes) -> bytes:
        turns = self._office_turns if what is Conversion.OFFICE else self._turns
        with (
            turns.turn(_LIMITS[what].seconds),
            tempfile.TemporaryDirectory(prefix="vaguemestre-sandbox-") as folder,
        ):
            return _convert(what, content, Path(folder))


def can_convert_office() -> bool:
    """Whether LibreOffice and bubblewrap are on this machine."""
    return bool(shutil.which("soffice") and shutil.which("bwrap"))


def _convert(what: Conversion, content: bytes, folder: Path) -> bytes:
    limits = _LIMITS[what]
    (folder / "file").write_bytes(content)
    folder.chmod(0o777)
    argv = [*sandbox_argv(folder), *limits_argv(limits), *_decoder_argv(what)]
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
        raise EngineDown(f"le décodeur de fichiers ne s’exécute pas : {error}") from error
    output = folder / _OUTPUT_NAMES[what]
    if ended.returncode or output.is_symlink() or not output.is_file():
        raise ConversionRefused("webmail.preview-impossible")
    if output.stat().st_size > limits.output:
        raise ConversionRefused("webmail.preview-too-heavy")
    return output.read_bytes()


def _decoder_argv(what: Conversion) -> Sequence[str]:
    if what is Conversion.OFFICE:
        if not can_convert_office():
            raise EngineDown("soffice ou bwrap manque : installez LibreOffice et bubblewrap")
        return (
            "/usr/bin/soffice", "--headless", "--norestore", "--nolockcheck", "--nodefault", "--safe-mode",
            "-env:UserInstallation=file:///tmp/profile", "--convert-to", "pdf", "--outdir", ".", "file",
        )  # fmt: skip
    return (sys.executable, "-I", str(_DECODERS / f"{what.value}.py"))


def limits_argv(limits: Limits) -> Sequence[str]:
    """The command prefix (prlimit) that enforces the limits."""
    data = (f"--data={limits.data}",) if limits.data else ()
    return (
        "/usr/bin/prlimit", f"--cpu={limits.processor}", f"--as={limits.memory}", *data,
        f"--fsize={limits.output}", "--core=0", "--nofile=512", "--",
    )  # fmt: skip


def sandbox_argv(folder: Path | None, readable: Sequence[str] = ()) -> Sequence[str]:
    """The command prefix of the sandbox. `folder`: writable, if any; `readable`: read-only paths."""
    if shutil.which("bwrap"):
        return tuple(_bubblewrap_argv(folder, readable))
    is_root = os.geteuid() == 0
    unshare = ("/usr/bin/unshare", "--net", "--ipc", "--") if is_root else ()
    setpriv = (
        ("/usr/bin/setpriv", "--reuid", _NOBODY, "--regid", _NOBODY, "--clear-groups", "--no-new-privs", "--")
        if is_root
        else ("/usr/bin/setpriv", "--no-new-privs", "--")
    )
    return (*unshare, *setpriv)


def _bubblewrap_argv(folder: Path | None, readable: Sequence[str]) -> Sequence[str]:
    argv = ["bwrap", "--unshare-all", "--die-with-parent", "--cap-drop", "ALL"]
    argv += ["--uid", _NOBODY, "--gid", _NOBODY, "--proc", "/proc", "--dev", "/dev"]
    argv += ["--size", str(_TEMPORARY_BYTES), "--tmpfs", "/tmp"]  # noqa: S108
    for link, place in _LINKS:
        argv += ["--symlink", link, place]
    prefix = Path(sys.prefix)
    for path in (*_READ_ONLY, str(prefix), str(prefix.resolve()), *readable, str(_DECODERS)):
        argv += ["--ro-bind-try", path, path]
    if folder is None:
        return [*argv, "--chdir", "/", "--"]
    return [*argv, "--bind", str(folder), _FOLDER, "--chdir", _FOLDER, "--"]
