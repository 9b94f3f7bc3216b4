"""`vaguemestre register`: the record of processing activities, one sheet per purpose (GDPR art. 30)."""

from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings

from vaguemestre.cli.failures import Failed
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.site.register.sheets import sheet_text, sheets


def command(
    folder: Annotated[
        Path | None, typer.Option(help="Écrit une fiche par finalité dans ce dossier, au lieu de l’écran.")
    ] = None,
    purpose: Annotated[str, typer.Option(help="Une seule fiche, par sa clé (« messagerie »).")] = "",
) -> None:
    """Registre des traitements : une fiche par finalité, avec les durées que le service applique."""
    selected = [sheet for sheet in sheets(settings.CONFIG) if purpose in ("", sheet.key)]
    if not selected:
        keys = ", ".join(sheet.key for sheet in sheets(settings.CONFIG))
        raise Failed(f"aucune fiche « {purpose} » ; il y a : {keys}.", 2)
    texts = {sheet.key: sheet_text(sheet, settings.CONFIG.academy.name) for sheet in selected}
    if folder is None:
        typer.echo("\n".join(texts.values()), nl=False)
        return
    folder.mkdir(parents=True, exist_ok=True)
    for key, text in texts.items():
        (folder / f"{key}.md").write_text(text, encoding="utf-8")
    typer.echo(f"{counted(len(texts), 'fiche écrite', 'fiches écrites')} dans {folder}")
