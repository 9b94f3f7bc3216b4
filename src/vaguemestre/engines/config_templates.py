"""Configuration templates of engines: rendered strictly, written atomically."""

import os
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
