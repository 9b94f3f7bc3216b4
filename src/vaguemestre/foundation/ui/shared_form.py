"""Forms on a row that several people may have open at once: nobody erases unseen what another saved."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

SHOWN = "shown"  # the hidden field that returns the digests
_MOST_SAID = 300  # characters


class SharedForm(forms.Form):
    """Its page carries a digest of each value shown; `initial` is the row as it stands now.

    A field that was left as it was shown takes the value that stands now. One that was changed here, and
    otherwise elsewhere meanwhile, is refused once, with the other's value. The template of a page that
    changes a row writes `{{ form.shown }}`; that of a new one does not.
    """

    @property
    def shown(self) -> SafeString:
        """The hidden field of the values shown."""
        digests = {name: _digest(self.initial[name]) for name in self._stored_names()}
        return format_html('<input type="hidden" name="{}" value="{}">', SHOWN, json.dumps(digests))

    def clean(self) -> dict[str, Any]:
        """Raises nothing; adds an error to each field that two people changed."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        shown = _digests_of(self.data.get(SHOWN, ""))
        for name in self._stored_names():
            stored = self.initial[name]
            if name not in typed or shown.get(name) in (None, _digest(stored)):
                continue
            if _digest(typed[name]) == shown[name]:
                typed[name] = self.fields[name].clean(_as_typed(self.fields[name], stored))
                self._show_stored(name, stored)
            elif _digest(typed[name]) != _digest(stored):
                self.add_error(name, self._conflict(name, stored))
        return typed

    def _stored_names(self) -> list[str]:
        return [name for name, field in self.fields.items() if name in self.initial and not field.disabled]

    def _show_stored(self, name: str, stored: object) -> None:
        """Let the page show it, if it comes back: its digests are those of the row as it stands now."""
        sent = _as_sent(self.fields[name], stored)
        data = cast(QueryDict, self.data).copy()
        data.setlist(name, sent)
        self.data = data

    def _conflict(self, name: str, stored: object) -> str:
        return (
            "Quelqu’un d’autre l’a changé depuis que cette page est ouverte, et y a mis "
            f"« {_said(self.fields[name], stored)} ». Gardez ou corrigez ce que vous avez écrit, puis "
            "enregistrez de nouveau."
        )


def _said(field: forms.Field, value: object) -> str:
    """A stored value as its field shows it."""
    if isinstance(field, forms.BooleanField):
        return "oui" if value else "non"
    if isinstance(field, forms.ChoiceField):
        pairs = cast(Iterable[tuple[object, object]], field.choices)
        labels = {str(key): str(label) for key, label in pairs}
        return ", ".join(labels.get(part, part) for part in _parts(value)) or "rien"
    return (_text(field, value) or "rien")[:_MOST_SAID]


def _as_typed(field: forms.Field, value: object) -> object:
    """A stored value as its field takes it: several lines are one text."""
    if isinstance(value, tuple | list) and not isinstance(field, forms.MultipleChoiceField):
        return "\n".join(map(str, value))
    return value


def _as_sent(field: forms.Field, value: object) -> list[str]:
    """A stored value as a browser sends it."""
    if isinstance(field, forms.BooleanField):
        return ["on"] if value else []
    if isinstance(field, forms.ChoiceField):
        return _parts(value)
    return [_text(field, value)]


def _text(field: forms.Field, value: object) -> str:
    return str(field.widget.format_value(field.prepare_value(_as_typed(field, value))) or "")


def _digest(value: object) -> str:
    return hashlib.sha256("\n".join(_parts(value)).encode()).hexdigest()[:16]


def _parts(value: object) -> list[str]:
    """What a value says, however it is held: lines or a tuple, an empty text or none."""
    if value is None or value is False:
        return []
    if isinstance(value, datetime):
        return [f"{value.astimezone(UTC):%Y-%m-%dT%H:%M}"]
    if isinstance(value, str):
        return sorted(line.strip() for line in value.splitlines() if line.strip())
    if isinstance(value, Iterable):
        return sorted(str(part) for part in value)
    return [str(value)]


def _digests_of(text: str) -> Mapping[str, str]:
    """The digests that came back; none from a page without them."""
    try:
        digests = json.loads(text)
    except ValueError:
        return {}
    return digests if isinstance(digests, dict) else {}
