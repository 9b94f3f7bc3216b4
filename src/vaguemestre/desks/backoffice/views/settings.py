"""Every setting, its value here, its default and its meaning. They are read at start, from a file."""

import dataclasses
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.desks.backoffice.http import for_administrators
from vaguemestre.desks.backoffice.rules.meanings import MEANINGS, SECTIONS


@require_GET
@for_administrators
def show(request: SignedInRequest) -> HttpResponse:
    typed = request.GET.get("q", "").strip()[:80]
    changed_only = request.GET.get("etat") == "changes"
    sections = []
    for title, rows in sections_of(settings.CONFIG):
        kept = [row for row in rows if _answers(row, typed) and (row["is_changed"] or not changed_only)]
        if kept:
            sections.append((title, kept))
    told = {"sections": sections, "typed": typed, "changed_only": changed_only}
    return render(request, "backoffice/settings.html", told)


def sections_of(config: Any) -> list[tuple[str, list[dict[str, Any]]]]:
    """(title, rows) of each section of the configuration, by introspection: nothing is left out."""
    found = []
    for section in dataclasses.fields(config):
        value = getattr(config, section.name)
        if dataclasses.is_dataclass(value):
            rows = [_row(section.name, field, value) for field in dataclasses.fields(value)]
            found.append((SECTIONS.get(section.name, section.name), rows))
    return found


def _row(section: str, field: "dataclasses.Field[Any]", value: Any) -> dict[str, Any]:
    now = getattr(value, field.name)
    default = field.default_factory() if callable(field.default_factory) else field.default
    key = f"{section}.{field.name}"
    return {
        "key": key,
        "name": field.name,
        "value": _written(now),
        "default": _written(default),
        "is_changed": now != default,
        "meaning": MEANINGS.get(key, ""),
    }


def _answers(row: dict[str, Any], typed: str) -> bool:
    return typed.casefold() in f"{row['key']} {row['meaning']}".casefold()


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "aucun"
    return str(value) if value not in ("", dataclasses.MISSING) else "vide"
