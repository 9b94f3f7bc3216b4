"""The paragraph that an académie adds to a kind of letter."""

from django import forms
from django.core.exceptions import ValidationError

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.foundation.ui.shared_form import SharedForm
from vaguemestre.people.paragraphs.rules import clean_paragraph, most_characters
from vaguemestre.people.paragraphs.values import LetterKind

_MAX_TYPED = 5000


class ParagraphForm(SharedForm):
    text = forms.CharField(
        label="Paragraphe de l’académie",
        required=False,
        max_length=_MAX_TYPED,
        widget=forms.Textarea({"rows": 5}),
    )

    def __init__(self, *arguments: object, kind: LetterKind, **options: object) -> None:
        super().__init__(*arguments, **options)
        self._kind = kind
        self.fields["text"].help_text = (
            f"Texte simple, au plus {most_characters(kind)} signes, le même pour tous : rien n’y est rempli. "
            "Les retours à la ligne deviennent des espaces."
        )

    def clean_text(self) -> str:
        try:
            return clean_paragraph(self._kind, self.cleaned_data["text"])
        except Refusal as refusal:
            raise ValidationError(sentence(refusal)) from refusal
