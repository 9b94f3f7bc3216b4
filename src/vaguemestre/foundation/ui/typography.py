"""Pages in French typography: what a template or a form says has no-break spaces around its high punctuation.

Authors type plain spaces: they are replaced where a template is loaded, once for each process. Only its own
text changes: values, attributes and code stay as they are. The words of a form (labels, hints, choices,
errors) are replaced where they are read. Sentences of scripts: `frontend/typography.mjs`.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.forms import BoundField
from django.forms.renderers import DjangoTemplates
from django.forms.utils import ErrorList
from django.template import Origin
from django.template.loaders import app_directories
from jinja2.ext import Extension

from vaguemestre.foundation.kernel.texts import with_no_break_spaces

_VALUE = r"\{\{.*?\}\}|\{%.*?%\}|\{\#.*?\#\}"  # of Django's templates and of Jinja's
# The possessive loops (*+) never look again at a tag that nothing ends.
_NOT_TEXT = re.compile(
    rf"""{_VALUE}
    |<!--.*?-->
    |<(script|style|textarea|pre|code|svg)\b.*?</\1>
    |</?[a-z!](?:{_VALUE}|"(?:{_VALUE}|[^"])*+"|'(?:{_VALUE}|[^'])*+'|[^>"'])*+>""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)


def typeset(source: str) -> str:
    """The source of a template of HTML, its own text with no-break spaces."""
    pieces: list[str] = []
    end = 0
    for match in _NOT_TEXT.finditer(source):
        pieces += (with_no_break_spaces(source[end : match.start()]), match[0])
        end = match.end()
    return "".join((*pieces, with_no_break_spaces(source[end:])))


class Loader(app_directories.Loader):
    """Loads the templates of the rooms; those of pages are typeset, those of plain text are not."""

    def get_contents(self, origin: Origin) -> str:
        contents = super().get_contents(origin)
        return typeset(contents) if origin.name.endswith(".html") else contents


class Typography(Extension):
    """Typesets the Jinja fragments of the webmail."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return typeset(source)


class TypesetField(BoundField):
    """A field of a form, its label, hint, choices and errors typeset."""

    def __init__(self, form: Any, field: Any, name: str) -> None:
        super().__init__(form, field, name)
        self.label = with_no_break_spaces(str(self.label))
        self.help_text = with_no_break_spaces(str(self.help_text)) if self.help_text else ""
        if choices := getattr(field.widget, "choices", None):
            field.widget.choices = _typeset_choices(choices)  # of this form alone: its fields are copies

    @property
    def errors(self) -> ErrorList:
        return ErrorList(
            [with_no_break_spaces(str(error)) for error in super().errors], renderer=self.form.renderer
        )


def _typeset_choices(choices: Iterable[Any]) -> list[tuple[Any, Any]]:
    """The same choices, the words of each typeset, and those of its groups."""
    return [
        (with_no_break_spaces(str(value)), _typeset_choices(words))
        if isinstance(words, list | tuple)
        else (value, with_no_break_spaces(str(words)))
        for value, words in choices
    ]


class FormRenderer(DjangoTemplates):
    """Forms whose fields are typeset."""

    bound_field_class = TypesetField
