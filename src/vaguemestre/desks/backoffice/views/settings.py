"""Every setting with its value, default and meaning. Settings are read at start, from a file."""

import dataclasses
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.administrators import for_administrators
from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.desks.backoffice.rules.meanings import MEANINGS, SECTIONS


@require_GET
@for_administrators
def show(request: SignedInRequest) -> HttpResponse:
    typed = request.GET.get("q", "").strip()[:80]
    changed_only = request.GET.get("etat") == "changes"
    sections = []
    for title, rows in sections_of(settings.CONFIG):
        matching_rows = [
            row for row in rows if _matches(row, typed) and (row["is_changed"] or not changed_only)
        ]
        if matching_rows:
            sections.append((title, matching_rows))
    context = {"sections": sections, "typed": typed, "changed_only": changed_only}
    return render(request, "backoffice/settings.html", context)


def sections_of(config: Any) -> list[tuple[str, list[dict[str, Any]]]]:
    """(title, rows) of each section of the configuration, by introspection, so none is missing."""
    sections = []
    for section in dataclasses.fields(config):
        value = getattr(config, section.name)
        if dataclasses.is_dataclass(value):
            sections += _tables(section.name, value)
    return sections


def _tables(name: str, section: Any) -> list[tuple[str, list[dict[str, Any]]]]:
    """A section, then the tables inside it (`[mail.outgoing]`)."""
    nested = [
        field.name
        for field in dataclasses.fields(section)
        if dataclasses.is_dataclass(getattr(section, field.name))
    ]
    rows = [_row(name, field, section) for field in dataclasses.fields(section) if field.name not in nested]
    tables = [(SECTIONS.get(name, name), rows)]
    for key in nested:
        tables += _tables(f"{name}.{key}", getattr(section, key))
    return tables


def _row(section: str, field: "dataclasses.Field[Any]", value: Any) -> dict[str, Any]:
    current = getattr(value, field.name)
    default = field.default_factory() if callable(field.default_factory) else field.default
    key = f"{section}.{field.name}"
    return {
        "key": key,
        "name": field.name,
        "value": _format(current),
        "default": _format(default),
        "is_changed": current != default,
        "meaning": MEANINGS.get(key, ""),
    }


def _matches(row: dict[str, Any], typed: str) -> bool:
    return typed.casefold() in f"{row['key']} {row['meaning']}".casefold()


def _format(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "aucun"
    return str(value) if value not in ("", dataclasses.MISSING) else "vide"
