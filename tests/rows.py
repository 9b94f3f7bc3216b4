"""A row of any table, filled with something of somebody: for tests that walk every table."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from django.db import models
from tests.access.signin.people import account

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Person

_DAY = date(2026, 11, 25)
_MOMENT = datetime(2026, 11, 25, 12, tzinfo=UTC)
_numbers = count(1)


def value(field: models.Field[Any, Any]) -> Any:
    """Something of somebody, whatever the column."""
    text = f"Lefèvre {next(_numbers)}"
    match field:
        case models.EmailField() | models.CharField() | models.TextField():
            return text[: field.max_length] if field.max_length else text
        case models.JSONField():
            return {"nom": text}
        case models.BinaryField():
            return text.encode()
        case models.DateTimeField():
            return _MOMENT + timedelta(seconds=next(_numbers))
        case models.DateField():
            return _DAY
        case models.BooleanField():
            return True
        case models.IntegerField():
            return next(_numbers)
    raise AssertionError(field)


def make(table: type[models.Model], **given: Any) -> Any:
    """Store a row; columns not given hold anything that fits."""
    told = dict(given)
    for field in table._meta.concrete_fields:
        if field.name in told or field.primary_key or getattr(field, "generated", False):
            continue
        if isinstance(field, models.ForeignKey):
            if not field.null:
                told[field.name] = someone(field.related_model)
        elif (not field.null and not field.has_default()) or (
            isinstance(field, (models.CharField, models.TextField)) and not field.choices
        ):
            told[field.name] = value(field)
    return table._default_manager.create(**told)


def someone(table: Any) -> models.Model:
    if table is Account:
        return account(f"autre{next(_numbers)}", last_name="Autre")
    if table is Person:
        found = account(f"autre{next(_numbers)}", last_name="Autre").person
        assert found
        return found
    found = table._default_manager.first() if table._meta.app_label == "directory" else None
    return found or make(table)
