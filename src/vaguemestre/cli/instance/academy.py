"""`vaguemestre academy`: the académies of this installation."""

from typing import Annotated

import typer
from django.db import transaction

from vaguemestre.people.directory.queries import academy_summaries
from vaguemestre.people.directory.services import found_academy

app = typer.Typer(help="Académies de cette installation.", no_args_is_help=True)


@app.command()
def add(
    code: Annotated[str, typer.Argument(help="Deux chiffres : 09 pour Lille.")],
    name: Annotated[str, typer.Argument(help="« Académie de Lille ».")],
    domain: Annotated[str, typer.Argument(help="ac-lille.fr")],
    departments: Annotated[list[str], typer.Argument(help="Comme dans un UAI : 059 062.")],
) -> None:
    """Ajoute une académie et ses services de gestion ; déjà là, elle reste comme elle est."""
    with transaction.atomic(durable=True):
        found_academy(code, name, domain.lower(), departments)
    typer.echo(f"{name} : {domain.lower()}")


@app.command("list")
def list_academies() -> None:
    """Les académies, leurs domaines."""
    for academy in academy_summaries():
        typer.echo(f"{academy.name} : {academy.domain}")
