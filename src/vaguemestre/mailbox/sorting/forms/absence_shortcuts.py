"""Fields that the buttons of the absence page fill in."""

from typing import Any

from django.http import QueryDict

from vaguemestre.mailbox.sorting.forms.absence_days import day_or_none
from vaguemestre.mailbox.sorting.rules.reply_templates import templates_for
from vaguemestre.mailbox.sorting.rules.rich import html_of, plain_of


def shortcut_fields(data: QueryDict, name: str, *, is_box: bool = False) -> dict[str, Any]:
    """Fields filled in by the button of the form. `name`: signature of the templates, of a shared mailbox
    if `is_box`."""
    if dates := data.get("holidays"):
        first, _, last = dates.partition("/")
        days = {"starts_on": day_or_none(first), "ends_on": day_or_none(last)}
        return {"is_on": True, **days, "starts_at": "", "ends_at": ""}  # who chooses holidays means to answer
    if key := data.get("template"):
        return _template_fields(data, key, name, is_box=is_box)
    if (chosen := data.get("chosen_replacement")) is not None:
        return {"replacement": chosen if chosen.isdecimal() and len(chosen) < 16 else ""}
    if "toggle_format" in data:
        return _converted_texts(data)
    return {}


def _template_fields(data: QueryDict, key: str, name: str, *, is_box: bool) -> dict[str, Any]:
    days = day_or_none(data.get("starts_on", "")), day_or_none(data.get("ends_on", ""))
    for template in templates_for(name, *days, is_box=is_box):
        if template.key == key:
            texts = {"internal_text": template.internal_text, "external_text": template.external_text}
            is_rich = bool(data.get("is_rich"))
            return {field: html_of(text) if is_rich else text for field, text in texts.items()}
    return {}


def _converted_texts(data: QueryDict) -> dict[str, Any]:
    """Texts converted from plain to formatted, or back."""
    convert = plain_of if data.get("is_rich") else html_of
    texts = {name: convert(data.get(name, "")) for name in ("internal_text", "external_text")}
    return {"is_rich": not data.get("is_rich"), **texts}
