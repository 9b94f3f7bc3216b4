"""Ready answers of the desk."""

from django.conf import settings
from django.db.models import Q, QuerySet

from vaguemestre.desks.helpdesk.models import AnswerText, RequestRow
from vaguemestre.desks.helpdesk.values import ReadyAnswer
from vaguemestre.people.directory.queries import academy_domain

# public sort keys → columns
ORDERS = {"titre": ("title", "pk"), "modifiee": ("updated_at", "pk")}


def answer_texts_page(
    *, search: str = "", order: str = "titre", first: int = 0, count: int = 30, academy_id: int = 0
) -> tuple[list[ReadyAnswer], int]:
    """A page of ready answers whose titles or texts hold every word, and their total number.

    `order`: a key of ORDERS, `-` first to reverse it. `academy_id`: those of its desk; 0 for all.
    """
    rows = _kept_by(academy_id)
    for word in search.split()[:6]:
        rows = rows.filter(Q(title__icontains=word) | Q(text__icontains=word))
    sign = "-" if order.startswith("-") else ""
    ordered = rows.order_by(*(f"{sign}{column}" for column in ORDERS[order.removeprefix("-")]))
    return [_answer(row) for row in ordered[first : first + count]], rows.count()


def answer_text(text_id: int, academy_id: int = 0) -> ReadyAnswer | None:
    """The ready answer of that id; None if it is of another académie."""
    row = _kept_by(academy_id).filter(pk=text_id).first()
    return _answer(row) if row else None


def answer_texts_for(request_id: int) -> list[ReadyAnswer]:
    """The ready answers of the académie to which that help request was made, by title."""
    domain = RequestRow.objects.filter(pk=request_id).values_list("domain", flat=True).first()
    if domain is None:
        return []
    own = domain or settings.CONFIG.academy.domain.lower()
    return [_answer(row) for row in AnswerText.objects.filter(domain=own).order_by("title")]


def _kept_by(academy_id: int) -> QuerySet[AnswerText]:
    rows = AnswerText.objects.all()
    return rows.filter(domain=academy_domain(academy_id).lower()) if academy_id else rows


def _answer(row: AnswerText) -> ReadyAnswer:
    return ReadyAnswer(row.domain, row.title, row.text, row.pk, row.updated_at)
