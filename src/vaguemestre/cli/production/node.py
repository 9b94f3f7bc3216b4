"""`vaguemestre node`: one machine of several."""

import sys
from typing import Annotated

import typer

from vaguemestre.cli.failures import Failed
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.processes.production.nodes.keys import packed_keys
from vaguemestre.site.config import load

app = typer.Typer(help="Machines d’une installation : les clés de chacune.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Commands of this group: typer would make a single one the group itself."""


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
