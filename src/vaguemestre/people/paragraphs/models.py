"""Paragraphs that académies add to letters."""

from django.db import models

from vaguemestre.people.directory.models import Academy


class AcademyParagraph(models.Model):
    """A paragraph of an académie in one kind of letter; without a row, the letter has its own text only."""

    academy = models.ForeignKey(Academy, on_delete=models.CASCADE, related_name="paragraphs")
    kind = models.CharField(max_length=20)  # LetterKind
    text = models.CharField(max_length=800)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("academy", "kind"), name="one_paragraph_of_a_kind"),)
