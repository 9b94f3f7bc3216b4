"""A form field for a day, typed the French way, cleaned to a date."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from vaguemestre.foundation.kernel.times import NoSuchDay, parse_day


class DayField(forms.Field):
    """`JJ/MM/AAAA` or ISO, as typed; shown `JJ/MM/AAAA`. The value is a `date`, or None for nothing."""

    def __init__(self, **options: Any) -> None:
        attrs = {
            "inputmode": "numeric",
            "autocomplete": "off",
            "placeholder": "JJ/MM/AAAA",
            "maxlength": "20",
        }
        super().__init__(widget=forms.TextInput(attrs=attrs), **options)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or isinstance(value, date):
            return value or None
        try:
            return parse_day(str(value))
        except NoSuchDay as error:
            raise ValidationError("Cette date n’existe pas : vérifiez le jour et le mois.") from error
        except ValueError as error:
            raise ValidationError("Écrivez la date ainsi : 19/12/2026.") from error

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%d/%m/%Y") if isinstance(value, date) else value
