"""Paragraphs written, and removed: the letter has its own text again."""

from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import academy_subject
from vaguemestre.people.paragraphs.models import AcademyParagraph
from vaguemestre.people.paragraphs.rules import clean_paragraph
from vaguemestre.people.paragraphs.values import LetterKind


@transaction.atomic(durable=True)
def save_paragraph(academy_id: int, kind: LetterKind, typed: str, *, by: str, now: datetime) -> None:
    """Use case: keep that paragraph. Idempotent. Raises Refusal `paragraphs.empty`, `paragraphs.too-long`."""
    text = clean_paragraph(kind, typed)
    rows = AcademyParagraph.objects.select_for_update().filter(academy_id=academy_id, kind=kind)
    before = rows.values_list("text", flat=True).first() or ""
    if before == text:
        return
    AcademyParagraph.objects.update_or_create(
        academy_id=academy_id, kind=kind, defaults={"text": text, "changed_at": now}
    )
    record(
        "paragraphs.changed",
        to=academy_subject(academy_id),
        by=by,
        at=now,
        letter=kind,
        before=before,
        after=text,
    )


@transaction.atomic(durable=True)
def remove_paragraph(academy_id: int, kind: LetterKind, *, by: str, now: datetime) -> None:
    """Use case: the letter has its own text only. Idempotent."""
    row = AcademyParagraph.objects.select_for_update().filter(academy_id=academy_id, kind=kind).first()
    if row is not None:
        record(
            "paragraphs.removed", to=academy_subject(academy_id), by=by, at=now, letter=kind, before=row.text
        )
        row.delete()
