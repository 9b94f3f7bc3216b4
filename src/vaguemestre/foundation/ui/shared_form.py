"""Forms on a row that several people may have open at once: nobody erases unseen what another saved."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

SHOWN = "shown"  # the hidden field that returns the digests
_MAX_SAID = 300  # characters


class SharedForm(forms.Form):
    """Form on a row that several people edit.

    Its page carries a digest of each value shown; `initial` is the row as it stands now.

    A field that was left as it was shown takes the value that stands now. One that was changed here, and
    otherwise elsewhere meanwhile, is refused once, with the other's value. The template of a page that
    changes a row writes `{{ form.shown }}`; that of a new one does not.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflicts: list[str] = []  # fields that two people changed
        self.kept: list[str] = []  # fields left here as they were shown, and changed elsewhere meanwhile
        self._compared: set[str] = set()

    @property
    def shown(self) -> SafeString:
        """The hidden field of the values shown.

        What comes back uncompared (malformed, or not to be saved yet) keeps the digest it came with.
        """
        digests = {name: digest_of(self.initial[name]) for name in self._stored_names()}
        return self.hidden_digests(digests)

    def hidden_digests(self, digests: Mapping[str, str]) -> SafeString:
        """Hidden field of digests of a page shown again; a field not compared keeps the one it came with."""
        if self.is_bound:
            sent = self.sent_digests()
            digests = {
                name: digest if name in self._compared else str(sent.get(name, digest))
                for name, digest in digests.items()
            }
        name = self.add_prefix(SHOWN)
        return format_html('<input type="hidden" name="{}" value="{}">', name, json.dumps(digests))

    def sent_digests(self) -> Mapping[str, object]:
        """Name → digest of the value that the page showed; none from a page without them."""
        return _digests_of(self.data.get(self.add_prefix(SHOWN), ""))

    def clean(self) -> dict[str, Any]:
        """Raises nothing; adds an error to each field that two people changed."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        digests = self.sent_digests()
        for name in self._stored_names():
            stored = self.initial[name]
            if name not in typed:
                continue
            self._compared.add(name)
            match reconcile(digests.get(name), digest_of(typed[name]), digest_of(stored)):
                case Outcome.STORED:
                    typed[name] = self.fields[name].clean(_as_typed(self.fields[name], stored))
                    self._show_stored(name, stored)
                    self.kept.append(name)
                case Outcome.CONFLICT:
                    self.conflicts.append(name)
                    self.add_error(name, conflict_fr(self.said(name, stored)))
        return typed

    def said(self, name: str, value: object) -> str:
        """A stored value of that field, as its reader would say it."""
        return _said(self.fields[name], value)

    def _stored_names(self) -> list[str]:
        return [name for name, field in self.fields.items() if name in self.initial and not field.disabled]

    def _show_stored(self, name: str, stored: object) -> None:
        """Let the page show it, if it comes back: its digests are those of the row as it stands now."""
        sent = _as_sent(self.fields[name], stored)
        data = cast(QueryDict, self.data).copy()
        data.setlist(self.add_prefix(name), sent)
        self.data = data


class Outcome(Enum):
    """Which of two values is saved."""

    TYPED = auto()
    STORED = auto()
    CONFLICT = auto()


def reconcile(shown: object, typed: str, stored: str) -> Outcome:
    """What to do of a value, from the digests of what the page showed, what came back and what is stored."""
    if shown is None or shown == stored or typed == stored:
        return Outcome.TYPED
    return Outcome.STORED if typed == shown else Outcome.CONFLICT


def conflict_fr(stored: str) -> str:
    """What is said beside a value that somebody changed here, and somebody else meanwhile."""
    return (
        "Quelqu’un d’autre, ou vous dans une autre fenêtre, l’a changé depuis que cette page est ouverte, "
        f"et y a mis « {stored[:_MAX_SAID]} ». Gardez ou corrigez ce que vous avez écrit, puis enregistrez "
        "de nouveau."
    )


def _said(field: forms.Field, value: object) -> str:
    """A stored value as its field shows it."""
    if isinstance(field, forms.BooleanField):
        return "oui" if value else "non"
    if isinstance(field, forms.ChoiceField):
        pairs = cast(Iterable[tuple[object, object]], field.choices)
        labels = {str(key): str(label) for key, label in pairs}
        return ", ".join(labels.get(part, part) for part in _parts(value)) or "rien"
    return _text(field, value) or "rien"


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


def digest_of(value: object) -> str:
    """Digest of a value, however it is held: lines or a tuple, an empty text or none."""
    return hashlib.sha256("\n".join(_parts(value)).encode()).hexdigest()[:12]


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
