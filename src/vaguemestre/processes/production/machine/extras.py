"""Packages that an instance serves without at first (packages/debian-extras.txt)."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from vaguemestre.processes.production.machine.commands import StepFailed
from vaguemestre.processes.production.step import Say
from vaguemestre.site.config import PROJECT

_LIST = PROJECT / "packages/debian-extras.txt"
_INSTALLER = PROJECT / "bin/install-extras"
_GROUP = "installed "  # says the installer, for programs, once a group of packages is there


def package_names(file: Path = _LIST) -> Iterator[str]:
    """The first word of each line that is not a comment."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if words := line.partition("#")[0].split():
            yield words[0]


def are_there() -> bool:
    """Whether all of them are installed."""
    names = list(package_names())
    query = ["dpkg-query", "-W", "-f", "${db:Status-Abbrev}\n", *names]
    states = subprocess.run(query, capture_output=True, text=True, check=False).stdout.split()
    return states == ["ii"] * len(names)


def install(say: Say) -> None:
    """Install them, group by group. Raises StepFailed; the installation serves without them meanwhile."""
    last = ""
    with subprocess.Popen(
        [str(_INSTALLER)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in process.stdout or ():
            last = line.strip()
            is_group, names = last.startswith(_GROUP), last.removeprefix(_GROUP)
            say(f"    Installé : {names}." if is_group else f"    {last}")
    if process.returncode:
        raise StepFailed(f"les aperçus bureautiques manquent ({last}).")
