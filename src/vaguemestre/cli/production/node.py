"""`vaguemestre node`: the machines of an installation."""

import importlib
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

import typer

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.rows import Row, print_rows
from vaguemestre.foundation.cluster.values import MachineState
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.processes.production.nodes.keys import packed_keys
from vaguemestre.site.config import load

app = typer.Typer(help="Machines d’une installation : leur état, les clés de chacune.", no_args_is_help=True)


@app.command("list")
def list_nodes() -> None:
    """Chaque machine, ce qu’elle fait, et ce qu’elle dit d’elle-même."""
    topology, states = load().topology, _states()
    serving = {node.name for node in topology.nodes if node.serves}
    rows = [
        Row(
            (
                node.name,
                node.address,
                ", ".join(node.duties),
                _words(states.get(node.name), is_told=node.name in serving),
            )
        )
        for node in topology.nodes
    ]
    others = sorted(set(states) - {node.name for node in topology.nodes})
    rows += [Row((name, _words(states[name], is_told=True))) for name in others]
    print_rows(rows, empty="Aucune machine n’a encore parlé : l’instance n’a pas démarré.")


@app.command()
def keys(name: Annotated[str, typer.Argument(help="Le nom d’un [[node]].")]) -> None:
    """Les clés d’une autre machine, en archive tar sur la sortie : à y ouvrir dans /var/lib/vaguemestre."""
    if sys.stdout.isatty():
        raise Failed("ce sont des clés : dites où les écrire (« vaguemestre node keys NOM > NOM.tar »).", 2)
    try:
        packed = packed_keys(load(), name)
    except EngineRefused as refusal:
        raise Failed(str(refusal), 78) from refusal
    sys.stdout.buffer.write(packed)


def _states() -> Mapping[str, MachineState]:
    """What each machine said last, by name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.site.settings")
    importlib.import_module("django").setup()  # « keys » does without
    cluster = importlib.import_module("vaguemestre.foundation.cluster.queries")
    return {state.name: state for state in cluster.machine_states(datetime.now(UTC))}


def _words(state: MachineState | None, *, is_told: bool) -> str:
    if not is_told:
        return "n’a que des services de Debian : systemctl y dit leur état"
    if state is None:
        return "n’a jamais parlé"
    if state.is_gone:
        return f"ne parle plus depuis {int(state.silent.total_seconds())} s"
    if state.down:
        return f"en panne : {', '.join(state.down)}"
    return "attend : une autre machine sert son groupe de boîtes" if state.is_waiting else "va bien"
