"""Outlook's .pst, unpacked by Debian's readpst when it is there, shut in a sandbox: the file is anybody's."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vaguemestre.mailbox.portability.ports import SourceRefused

_SECONDS = 1800.0
# what it draws by lot: boundaries, and the names of invitations to meetings
_DRAWN = re.compile(rb'(boundary-LibPST-iamunique-(?=\d)|name="i(?=\d{6,10}\.ics"))(\d+)')


def is_possible() -> bool:
    return shutil.which("readpst") is not None and shutil.which("bwrap") is not None


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """A folder of .eml files, gone afterwards: that of the mailbox, not the one above it that bears the name
    of the file (« Dossiers personnels »). Raises SourceRefused."""
    if not is_possible():
        raise SourceRefused("portability.pst-not-here")
    with tempfile.TemporaryDirectory(prefix="pst-", dir=path.parent) as made:
        folder = Path(made)
        try:
            done = subprocess.run(_argv(path, folder), capture_output=True, timeout=_SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise SourceRefused("portability.file-damaged", name=path.name) from error
        if done.returncode != 0:
            raise SourceRefused("portability.file-damaged", name=path.name)
        for one in folder.rglob("*.eml"):
            told = one.read_bytes()
            if (said := settled(told)) != told:
                one.write_bytes(said)
        inside = list(folder.iterdir())
        yield inside[0] if len(inside) == 1 and inside[0].is_dir() else folder


def settled(content: bytes) -> bytes:
    """The message with its boundaries and invitations counted: `readpst` draws their names anew each time, so
    that each copy would be another message."""
    numbers: dict[bytes, bytes] = {}
    return _DRAWN.sub(
        lambda found: found[1] + numbers.setdefault(found[2], str(len(numbers) + 1).encode()), content
    )


def _argv(path: Path, folder: Path) -> list[str]:
    """No network, no home, nothing to write to but the folder; mail only, each message a file.

    One folder after the other (`-j 0`): several at once, some die now and then and their messages are lost.
    """
    return [
        "bwrap", "--unshare-all", "--die-with-parent", "--clearenv",
        "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
        "--symlink", "usr/bin", "/bin", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",  # noqa: S108 (of the sandbox alone)
        "--ro-bind", str(path), "/in.pst", "--bind", str(folder), "/out",
        "/usr/bin/readpst", "-e", "-t", "e", "-j", "0", "-q", "-8", "-o", "/out", "/in.pst",
    ]  # fmt: skip
