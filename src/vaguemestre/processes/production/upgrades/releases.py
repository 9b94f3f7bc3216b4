"""Releases: a version of the code laid in a folder of its own, and between which of them one may go."""

import tomllib
from pathlib import Path
from typing import NamedTuple


class ReleaseRefused(Exception):
    """The release cannot become the one that runs; the message is one clear sentence (exit code 1)."""


class Release(NamedTuple):
    """A release: its folder, and its version as numbers to compare."""

    path: Path
    version: tuple[int, ...]

    @property
    def name(self) -> str:
        return ".".join(map(str, self.version))

    @property
    def family(self) -> tuple[int, ...]:
        """Releases of one family work on each other's tables: its first two numbers."""
        return self.version[:2]


def release_in(tree: Path) -> Release:
    """The release of a tree, by its pyproject.toml. Raises ReleaseRefused if it holds none."""
    try:
        project = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        version = tuple(int(number) for number in project["version"].split("."))
        is_ours = project["name"] == "vaguemestre"
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReleaseRefused(f"{tree} ne contient pas de version de Vaguemestre.") from error
    if not is_ours:
        raise ReleaseRefused(f"{tree} ne contient pas Vaguemestre, mais « {project['name']} ».")
    return Release(tree, version)


def check_forth(running: Release, wanted: Release) -> None:
    """Whether one may go on to that release: of the same family, or of the next. Raises ReleaseRefused."""
    if wanted.version < running.version:
        raise ReleaseRefused(
            f"la version {wanted.name} est plus ancienne que celle qui tourne ({running.name}) : "
            "« vaguemestre upgrade --back » revient à la précédente."
        )
    major, minor = running.family
    if wanted.family not in (running.family, (major, minor + 1), (major + 1, 0)):
        raise ReleaseRefused(
            f"de la version {running.name} on ne passe pas d’un coup à {wanted.name} : "
            "passez d’abord par la dernière de chaque famille entre les deux."
        )


def check_back(running: Release, former: Release) -> None:
    """Whether one may return to that release. Raises ReleaseRefused."""
    if former.family != running.family:
        raise ReleaseRefused(
            f"de la version {running.name} on ne revient pas à {former.name}, d’une autre famille : "
            "ses tables ne sont plus les siennes. Restaurez la sauvegarde."
        )
