"""What a button of the absence page writes into its form."""

from datetime import date
from typing import Any

from django.http import QueryDict

from vaguemestre.foundation.kernel.times import parse_day
from vaguemestre.mailbox.sorting.rules.rich import html_of, plain_of
from vaguemestre.mailbox.sorting.rules.wordings import wordings


def filled(sent: QueryDict, name: str) -> dict[str, Any]:
    """The fields that change. `name`: who signs the models."""
    if told := sent.get("vacances"):
        first, _, last = told.partition("/")
        return {"starts_on": _day(first), "starts_at": "", "ends_on": _day(last), "ends_at": ""}
    if key := sent.get("modele"):
        return _model(sent, key, name)
    if (chosen := sent.get("remplacant")) is not None:
        return {"replacement": chosen if chosen.isdigit() else ""}
    if "forme" in sent:
        return _other_form(sent)
    return {}


def _model(sent: QueryDict, key: str, name: str) -> dict[str, Any]:
    days = _day(sent.get("starts_on", "")), _day(sent.get("ends_on", ""))
    for model in wordings(name, *days):
        if model.key == key:
            texts = {"internal_text": model.internal_text, "external_text": model.external_text}
            is_rich = bool(sent.get("is_rich"))
            return {field: html_of(text) if is_rich else text for field, text in texts.items()}
    return {}


def _other_form(sent: QueryDict) -> dict[str, Any]:
    """From plain to formatted, or back: the words stay."""
    turn = plain_of if sent.get("is_rich") else html_of
    texts = {name: turn(sent.get(name, "")) for name in ("internal_text", "external_text")}
    return {"is_rich": not sent.get("is_rich"), **texts}


def _day(text: str) -> date | None:
    try:
        return parse_day(text)
    except ValueError:
        return None
