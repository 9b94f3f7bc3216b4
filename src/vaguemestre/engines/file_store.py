"""`kernel.file_store.WorkStore`: files in a private folder of this machine."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}")


class FileStore:
    """`folder` is created when first used."""

    is_served_by_front = True
    keeps_writers_apart = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def append(self, name: str, offset: int, content: bytes) -> int:
        path = self._path(name)
        try:
            self._folder.mkdir(mode=0o770, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o640)  # the front, in its group, sends it
            with os.fdopen(descriptor, "r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                end = file.seek(0, os.SEEK_END)
                if end != offset:
                    return end
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                return end + len(content)
        except OSError as error:
            raise EngineDown(f"dépôt des fichiers : {os_error_fr(error)}") from error

    def open(self, name: str) -> BinaryIO:
        return self._path(name).open("rb")

    def cut(self, name: str, size: int) -> None:
        path = self._path(name)
        if not path.exists() and size == 0:
            return
        try:
            with path.open("r+b") as file:
                if file.seek(0, os.SEEK_END) < size:
                    raise FileNotFoundError(name)
                file.truncate(size)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise EngineDown(f"dépôt des fichiers : {os_error_fr(error)}") from error

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        path = self._path(name)
        if not path.is_file():
            raise FileNotFoundError(name)
        yield path

    def remove(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def names(self) -> set[str]:
        return {path.name for path in self._folder.iterdir()} if self._folder.is_dir() else set()

    def free(self) -> int:
        existing = next(path for path in (self._folder, *self._folder.parents) if path.is_dir())
        return shutil.disk_usage(existing).free

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise FileNotFoundError(name)
        return self._folder / name
