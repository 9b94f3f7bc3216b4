"""`vaguemestre homologation`: what a security accreditation asks to see (RGS, decree 2010-112)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings

from vaguemestre.cli.records.accreditation.components import bill_of_materials, components
from vaguemestre.cli.records.accreditation.sections import Table, tables
from vaguemestre.foundation.kernel.text.french_dates import dated_moment_fr
from vaguemestre.processes.production.upgrades.releases import release_in
from vaguemestre.site.config import PROJECT

# What no program knows: the authority, its decision, the risks it accepts.
_TO_WRITE = (
    "autorité d’homologation et date de sa décision",
    "durée de l’homologation",
    "besoins de sécurité et analyse des risques (docs/security.md en donne la matière)",
    "risques résiduels acceptés, et par qui",
    "hébergement : lieux, accès, sous-traitants",
)


def command(
    sbom: Annotated[
        Path | None, typer.Option(help="Écrit la liste des composants (CycloneDX) dans ce fichier.")
    ] = None,
) -> None:
    """Dossier d’homologation : inventaire, flux, versions, comptes, sauvegardes, alarmes, en Markdown."""
    version, parts, now = release_in(PROJECT).name, components(PROJECT), datetime.now(UTC)
    if sbom is not None:
        sbom.write_text(bill_of_materials(parts, name="vaguemestre", version=version), encoding="utf-8")
    typer.echo(f"# Dossier d’homologation : {settings.CONFIG.academy.name}\n")
    typer.echo(
        f"Vaguemestre {version}, état du {dated_moment_fr(now)}, lu par « vaguemestre homologation ».\n"
    )
    for table in tables(settings.CONFIG, parts, now):
        typer.echo("\n".join(_lines(table)))
    typer.echo("## À écrire par l’académie\n")
    for line in _TO_WRITE:
        typer.echo(f"- {line}")


def _lines(table: Table) -> Iterator[str]:
    yield f"## {table.title}\n"
    if table.rows:
        yield _row(table.heads)
        yield _row(tuple("---" for _ in table.heads))
        yield from (_row(row) for row in table.rows)
    else:
        yield table.empty
    yield ""


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
