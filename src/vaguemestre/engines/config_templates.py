"""Configuration of engines: rendered strictly, written atomically, checked when something changed."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import jinja2


def render(folder: Path, template: str, **values: object) -> str:
    """Render one template. Raises jinja2.UndefinedError for an unknown name."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 (no HTML here)
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(template).render(**values)


def write(path: Path, text: str, *, mode: int = 0o644, group: int = 0) -> bool:
    """Replace a file atomically. Returns whether its content changed; an unchanged file keeps its date."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file() and path.read_text(encoding="utf-8") == text and path.stat().st_gid == group:
        path.chmod(mode)
        return False
    temporary = path.with_name(f"{path.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    os.chown(temporary, -1 if os.geteuid() else 0, group)
    temporary.chmod(mode)
    temporary.rename(path)
    return True


class CheckedFiles:
    """Whether the files of an engine are still those that its own check accepted.

    What a check depends on: contents of `texts`; owner, mode, size and date of `programs`; owner and mode
    of each folder in `parents`, which the check makes. `mark`: the file that remembers the last one passed.
    """

    def __init__(
        self, mark: Path, *, texts: Iterable[Path], programs: Iterable[Path], parents: Iterable[Path] = ()
    ) -> None:
        self._mark, self._texts, self._programs = mark, tuple(texts), tuple(programs)
        self._parents = tuple(parents)

    def is_passed(self) -> bool:
        """Whether all is as it was when `note_passed` was called last."""
        try:
            return self._mark.read_text(encoding="ascii") == self._digest()
        except (OSError, ValueError):
            return False

    def note_passed(self) -> None:
        """Remember that the check accepted what is there now."""
        write(self._mark, self._digest(), mode=0o600)

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for path in self._texts:
            digest.update(f"{path}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\0".encode())
        for path in self._programs:
            stat = path.stat() if path.exists() else None
            words = (stat.st_uid, stat.st_mode, stat.st_size, stat.st_mtime_ns) if stat else None
            digest.update(f"{path}\0{words}\0".encode())
        for parent in self._parents:
            for path in sorted(path for path in parent.iterdir() if path.is_dir()):
                stat = path.stat()
                digest.update(f"{path}\0{stat.st_uid}\0{stat.st_gid}\0{stat.st_mode}\0".encode())
        return digest.hexdigest()
