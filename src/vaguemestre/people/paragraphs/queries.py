"""Paragraphs of académies, for the letters that hold them and for the page that changes them."""

from vaguemestre.people.paragraphs.models import AcademyParagraph
from vaguemestre.people.paragraphs.values import LetterKind, OwnParagraph


def paragraph_for(kind: LetterKind, domain: str) -> str:
    """The paragraph of the académie of that mail domain, in any case; "" if it has none."""
    rows = AcademyParagraph.objects.filter(kind=kind, academy__domain__iexact=domain)
    return rows.values_list("text", flat=True).first() or ""


def paragraphs_of(academy_id: int) -> dict[LetterKind, OwnParagraph]:
    """The paragraphs of an académie, by kind of letter."""
    rows = AcademyParagraph.objects.filter(academy_id=academy_id, kind__in=LetterKind)
    return {
        LetterKind(row.kind): OwnParagraph(LetterKind(row.kind), row.text, row.changed_at) for row in rows
    }
