"""What an installation notes of what it has prepared and started, so that a second one changes nothing."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from vaguemestre.engines.config_templates import write
from vaguemestre.processes.production import layout

PREPARED = layout.HOME / "prepared"  # for which release and configuration the ground was made
STARTED = layout.HOME / "started"  # with which release, configuration and units the services were started


def prepared_text(release: Path, configuration: str) -> str:
    return f"{release}\n{configuration}"


def started_text(release: Path, configuration: str, units: Iterable[str]) -> str:
    """`units`: the texts of the unit files, in the order of their names."""
    digest = hashlib.sha256("".join(units).encode()).hexdigest()
    return f"{digest}\n{prepared_text(release, configuration)}"


def write_marks(release: Path, units: Iterable[str]) -> None:
    """Note both, for the configuration that is installed."""
    configuration = layout.CONFIGURATION.read_text(encoding="utf-8")
    write(PREPARED, prepared_text(release, configuration), mode=0o600)
    write(STARTED, started_text(release, configuration, units), mode=0o600)
