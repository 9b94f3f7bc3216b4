"""The programs of an instance and their versions: as rows, and as a bill of materials (CycloneDX 1.6)."""

import json
import subprocess
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

PYTHON, DEBIAN, NPM = "pypi", "deb", "npm"
SHIPPED = ("dompurify", "htmx.org", "pdfjs-dist", "squire-rte")  # of package.json: browsers run these


class Component(NamedTuple):
    """`kind`: the type of its package URL."""

    kind: str
    name: str
    version: str

    @property
    def purl(self) -> str:
        """The package URL of the component (github.com/package-url/purl-spec)."""
        space = "debian/" if self.kind == DEBIAN else ""
        return f"pkg:{self.kind}/{space}{quote(self.name, safe='/')}@{quote(self.version, safe='')}"


def components(project: Path) -> tuple[Component, ...]:
    """Python packages of this environment, Debian's that the lists name, scripts shipped to browsers."""
    found = {*_python(), *_debian(project / "packages"), *_scripts(project / "frontend/package.json")}
    return tuple(sorted(found))


def bill_of_materials(parts: Sequence[Component], *, name: str, version: str) -> str:
    """CycloneDX 1.6, as JSON."""
    return json.dumps(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": {"component": {"type": "application", "name": name, "version": version}},
            "components": [
                {
                    "type": "library",
                    "bom-ref": part.purl,
                    "name": part.name,
                    "version": part.version,
                    "purl": part.purl,
                }
                for part in parts
            ],
        },
        indent=1,
    )


def _python() -> Iterable[Component]:
    for package in metadata.distributions():
        yield Component(PYTHON, package.metadata["Name"].lower(), package.version)


def _debian(lists: Path) -> Iterable[Component]:
    """The installed Debian packages among those listed; none without dpkg."""
    names = {
        line.split()[0]
        for file in sorted(lists.glob("*.txt"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    }
    shape = "${db:Status-Status} ${Package} ${Version}\\n"
    try:
        output = subprocess.run(
            ("dpkg-query", "--show", f"--showformat={shape}", *sorted(names)),
            check=False,
            capture_output=True,
            text=True,
        ).stdout
    except FileNotFoundError:
        return
    for line in output.splitlines():
        status, _, rest = line.partition(" ")
        if status == "installed":
            yield Component(DEBIAN, *rest.split(" ", 1))


def _scripts(manifest: Path) -> Iterable[Component]:
    if manifest.is_file():
        declared = json.loads(manifest.read_text(encoding="utf-8"))["devDependencies"]
        for name in SHIPPED:
            yield Component(NPM, name, declared[name])
