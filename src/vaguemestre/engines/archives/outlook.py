"""Outlook's .pst, unpacked by Debian's readpst in a sandbox, if it is installed."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vaguemestre.mailbox.portability.ports import SourceRefused

_TIMEOUT_SECONDS = 1800.0
# the random names it makes up: boundaries, and files of meeting invitations
_RANDOM_NAME = re.compile(rb'(boundary-LibPST-iamunique-(?=\d)|name="i(?=\d{6,10}\.ics"))(\d+)')


def is_possible() -> bool:
    return shutil.which("readpst") is not None and shutil.which("bwrap") is not None


@contextmanager
def unpacked_messages(path: Path) -> Iterator[Path]:
    """A temporary folder of .eml files. Raises SourceRefused.

    The mailbox's own folder, not the one above it that bears the name of the file (« Dossiers personnels »).
    """
    if not is_possible():
        raise SourceRefused("portability.pst-not-here")
    with tempfile.TemporaryDirectory(prefix="pst-", dir=path.parent) as temporary:
        folder = Path(temporary)
        try:
            readpst = subprocess.run(
                _argv(path, folder), capture_output=True, timeout=_TIMEOUT_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise SourceRefused("portability.file-damaged", name=path.name) from error
        if readpst.returncode != 0:
            raise SourceRefused("portability.file-damaged", name=path.name)
        for file in folder.rglob("*.eml"):
            content = file.read_bytes()
            if (stable := with_stable_names(content)) != content:
                file.write_bytes(stable)
        children = list(folder.iterdir())
        yield children[0] if len(children) == 1 and children[0].is_dir() else folder


def with_stable_names(content: bytes) -> bytes:
    """The message with numbered boundaries and invitations.

    `readpst` makes up random names each time, so that a second import would bring other messages.
    """
    numbers: dict[bytes, bytes] = {}
    return _RANDOM_NAME.sub(
        lambda match: match[1] + numbers.setdefault(match[2], str(len(numbers) + 1).encode()), content
    )


def _argv(path: Path, folder: Path) -> list[str]:
    """readpst in a sandbox without network that may only write to the folder; mail only, a file per message.

    `-j 0`: one folder after the other, since parallel jobs die now and then and lose their messages.
    """
    return [
        "bwrap", "--unshare-all", "--die-with-parent", "--clearenv",
        "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
        "--symlink", "usr/bin", "/bin", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",  # noqa: S108 (of the sandbox alone)
        "--ro-bind", str(path), "/in.pst", "--bind", str(folder), "/out",
        "/usr/bin/readpst", "-e", "-t", "e", "-j", "0", "-q", "-8", "-o", "/out", "/in.pst",
    ]  # fmt: skip
