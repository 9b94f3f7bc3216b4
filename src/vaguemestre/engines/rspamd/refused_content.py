"""`removals.ports.RefuseContent`: a file of marks that the filter watches (`refused.lua`), written whole."""

import grp
import os
import pwd
from collections.abc import Collection
from pathlib import Path

from vaguemestre.engines.instance import Instance
from vaguemestre.engines.system_users import FILTER_USER, set_owner
from vaguemestre.foundation.kernel.errors import EngineDown

_WRITER = "vaguemestre-worker"  # where processes have users of their own; else root writes


def folder(instance: Instance) -> Path:
    return instance.engines_dir / "rspamd" / "refused"


def prepare_folder(instance: Instance) -> None:
    """Make the folder, which the worker writes and the filter's group reads (set-group-ID). Needs root."""
    path = folder(instance)
    path.mkdir(parents=True, exist_ok=True)
    try:
        writer = pwd.getpwnam(_WRITER).pw_uid
    except KeyError:
        writer = 0
    set_owner(path, writer, grp.getgrnam(FILTER_USER).gr_gid, 0o2750)
    marks = path / "marks"
    if not marks.exists():
        marks.touch()
        set_owner(marks, writer, grp.getgrnam(FILTER_USER).gr_gid, 0o640)


class RefusedContent:
    def __init__(self, instance: Instance) -> None:
        self._file = folder(instance) / "marks"

    def __call__(self, marks: Collection[str]) -> None:
        """Nothing to write where no filter was ever prepared."""
        content = "".join(f"{mark}\n" for mark in sorted(marks)).encode()
        if not self._file.parent.is_dir():
            return
        try:
            if self._file.is_file() and self._file.read_bytes() == content:
                return
            fresh = self._file.with_name("marks.new")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            fresh.chmod(0o640)
            fresh.rename(self._file)
        except OSError as error:
            raise EngineDown(f"refused content: {error}") from error
