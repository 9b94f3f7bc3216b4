"""`removals.ports.RefuseContent`: a file of marks that the filter watches (`refused.lua`), written whole."""

import os
from collections.abc import Collection
from pathlib import Path

from vaguemestre.engines.instance import Place
from vaguemestre.engines.system_users import filter_group, set_owner, worker_id
from vaguemestre.foundation.kernel.errors import EngineDown


def folder(instance: Place) -> Path:
    return instance.engines_dir / "rspamd" / "refused"


def prepare_folder(instance: Place) -> None:
    """Make the folder, which the worker writes and the filter's group reads (set-group-ID). Needs root."""
    path = folder(instance)
    path.mkdir(parents=True, exist_ok=True)
    writer, group = worker_id(), filter_group()
    set_owner(path, writer, group, 0o2750)
    _make_empty(path / "marks", writer, group)


def _make_empty(marks: Path, writer: int, group: int) -> None:
    """Unless the writer's own file is there. The folder is the writer's: no link of theirs is followed."""
    if not marks.is_symlink() and marks.is_file() and marks.lstat().st_uid == writer:
        return
    marks.unlink(missing_ok=True)
    file = os.open(marks, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        os.fchown(file, writer, group)
        os.fchmod(file, 0o640)
    finally:
        os.close(file)


class RefusedContent:
    def __init__(self, instance: Place) -> None:
        self._file = folder(instance) / "marks"

    def __call__(self, marks: Collection[str]) -> None:
        """Write the refused marks for the filter; nothing if no filter was ever prepared."""
        content = "".join(f"{mark}\n" for mark in sorted(marks)).encode()
        if not self._file.parent.is_dir():
            return
        try:
            if self._file.is_file() and self._file.read_bytes() == content:
                return
            fresh = self._file.with_name("marks.new")
            fresh.unlink(missing_ok=True)  # of a process that was killed, whoever it ran as
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            fresh.chmod(0o640)
            fresh.rename(self._file)
        except OSError as error:
            raise EngineDown(f"contenus refusés : {error}") from error
