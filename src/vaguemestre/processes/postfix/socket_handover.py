"""A UNIX socket that Postfix knows by one path, taken over by one process from another."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def listening_place(path: Path) -> Iterator[Path]:
    """A socket path of this process; `take_over` renames it to `path`, where somebody always listens."""
    own = path.with_name(f"{path.name}.{os.getpid()}")
    own.unlink(missing_ok=True)
    yield own
    own.unlink(missing_ok=True)


def take_over(own: Path, path: Path) -> None:
    """Listen at `path` from now on, in place of whoever did. Its group is that of its folder, Postfix's."""
    own.chmod(0o660)
    own.rename(path)
