"""A form field for a day, typed the French way, cleaned to a date."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from vaguemestre.foundation.kernel.times import FarDay, NoSuchDay, parse_day, parse_near_day


class DayInput(forms.TextInput):
    """A text field with a calendar beside it, where scripts run. Its script is loaded once, however many."""

    def render(self, *arguments: Any, **options: Any) -> SafeString:
        return format_html(
            '<date-field class="with-button">{}</date-field><script type="module" src="{}"></script>',
            super().render(*arguments, **options),
            static("ui/date-field.js"),
        )


class DayField(forms.Field):
    """`JJ/MM/AAAA` or ISO, as typed; shown `JJ/MM/AAAA`. The value is a `date`, or None for nothing.

    `has_calendar`: False for days that are known by heart, as that of a birth; the others are near today, and
    their year may have two digits.
    """

    def __init__(self, *, has_calendar: bool = True, **options: Any) -> None:
        attrs = {
            "inputmode": "numeric",
            "autocomplete": "off",
            "placeholder": "JJ/MM/AAAA",
            "maxlength": "20",
        }
        self.has_calendar = has_calendar
        super().__init__(widget=(DayInput if has_calendar else forms.TextInput)(attrs=attrs), **options)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or isinstance(value, date):
            return value or None
        try:
            return (parse_near_day if self.has_calendar else parse_day)(str(value))
        except NoSuchDay as error:
            raise ValidationError("Cette date n’existe pas : vérifiez le jour et le mois.") from error
        except FarDay as error:
            raise ValidationError("Vérifiez l’année.") from error
        except ValueError as error:
            raise ValidationError("Écrivez la date ainsi : 19/12/2026.") from error

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%d/%m/%Y") if isinstance(value, date) else value
