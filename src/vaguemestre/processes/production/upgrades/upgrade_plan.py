"""What an upgrade does to each unit, and in which order. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from vaguemestre.processes.production.units.units import service_name
from vaguemestre.processes.production.upgrades.releases import ReleaseRefused

# What others ask comes before those who ask; « web », whose stand-in shows a version that does not start,
# before « reading », which loads the same and has none; mail engines last.
_ORDER = (
    "numen-agent", "token-agent", "mail-agent", "queue-agent", "push", "pictures", "carddav",
    "web", "reading", "door", "gate", "arrivals",
)  # fmt: skip


class Change(StrEnum):
    """How a unit comes to its new release."""

    REPLACE = "remplacée, un double répond pendant ce temps"
    RESTART = "redémarrée"
    RELOAD = "rechargée, ses connexions restent"
    KEEP = "inchangée"


@dataclass(frozen=True)
class Description:
    """What a release says of itself on this machine (`vaguemestre release`).

    `units`: unit file → text. `processes`: names, in their order of start. `engines`: those that run programs
    of Debian. `sockets`: process → where it listens, if that may be taken away from it before it ends.
    `files`: path → text, outside the home. `masked`: Debian's units that ours stand for. `pending`: its
    migrations that are not applied. `faults`: why it cannot run here.
    """

    units: Mapping[str, str]
    processes: tuple[str, ...]
    engines: tuple[str, ...]
    sockets: Mapping[str, str]
    files: Mapping[str, str]
    masked: tuple[str, ...]
    pending: tuple[str, ...]
    faults: tuple[str, ...]

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def read_description(text: str) -> Description:
    """The description that another release wrote. Raises ReleaseRefused if it cannot be read."""
    try:
        value = json.loads(text)
        lists = {name: tuple(value[name]) for name in ("processes", "engines", "masked", "pending", "faults")}
        return Description(units=value["units"], sockets=value["sockets"], files=value["files"], **lists)
    except (ValueError, KeyError, TypeError) as error:
        raise ReleaseRefused("la version ne se décrit pas comme celle-ci l’attend.") from error


def unit_of(process: str) -> str:
    return f"{service_name(process)}.service"


def stand_in_unit(process: str) -> str:
    return f"{service_name(process)}-stand-in.service"


def change_order(description: Description) -> tuple[str, ...]:
    """The processes in the order in which they change: those of Debian's engines last."""

    def rank(process: str) -> tuple[bool, int]:
        known = _ORDER.index(process) if process in _ORDER else len(_ORDER)
        return process in description.engines, known

    return tuple(sorted(description.processes, key=rank))


def change_of(process: str, there: str, description: Description, releases: Sequence[Path]) -> Change:
    """How a process changes, whose unit file holds `there` now (empty: it is new).

    An engine whose unit differs by the release alone goes on: mail doors do not close.
    """
    text = description.units[unit_of(process)]
    if process in description.engines and _neutral(there, releases) == _neutral(text, releases):
        return Change.RELOAD if "\nExecReload=" in text else Change.KEEP
    if there and stand_in_unit(process) in description.units:
        return Change.REPLACE
    return Change.RESTART


def _neutral(text: str, releases: Sequence[Path]) -> str:
    for release in releases:
        text = text.replace(f"{release}/", "RELEASE/")
    return text


def stale_units(present: Sequence[str], description: Description) -> tuple[str, ...]:
    """The unit files that this release does not have."""
    return tuple(sorted(name for name in present if name not in description.units))


def is_of(environ: bytes, source: Path) -> bool:
    """Whether a process with that environment (/proc/PID/environ) runs the modules of that folder."""
    return f"PYTHONPATH={source}".encode() in environ.split(b"\0")


def open_connections(table: str, path: str) -> int:
    """How many connections that socket has accepted and not closed, by /proc/net/unix (proc_net_unix(5))."""
    connected = "03"
    rows = (line.split(maxsplit=7) for line in table.splitlines()[1:])
    return sum(len(row) == 8 and row[5] == connected and row[7] == path for row in rows)
