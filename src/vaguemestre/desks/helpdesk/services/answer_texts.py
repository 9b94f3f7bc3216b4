"""Ready answers of the desk: written, changed, deleted."""

from datetime import datetime

from django.db import transaction

from vaguemestre.desks.helpdesk.models import AnswerText
from vaguemestre.desks.helpdesk.rules.secrets import without_secrets
from vaguemestre.desks.helpdesk.services.requests import MAX_ANSWER_CHARACTERS
from vaguemestre.desks.helpdesk.values import ReadyAnswer
from vaguemestre.foundation.cluster.locks import locked_row
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject, answer_text_subject
from vaguemestre.foundation.kernel.errors import Refusal

MAX_ANSWER_TEXTS = 200  # of one académie


@transaction.atomic(durable=True)
def save_answer_text(answer: ReadyAnswer, *, operator_id: int, now: datetime) -> int:
    """Use case: keep a ready answer (`text_id` 0: a new one). Returns its id.

    Raises Refusal `helpdesk.answer-missing`, `…answer-secret`, `…answer-text-gone`,
    `…answer-text-title-taken`, `…too-many-answer-texts`.
    """
    title, text = answer.title.strip(), answer.text.strip()[:MAX_ANSWER_CHARACTERS]
    if not title or not text:
        raise Refusal("helpdesk.answer-missing")
    if without_secrets(title) != title or without_secrets(text) != text:
        raise Refusal("helpdesk.answer-secret")
    others = AnswerText.objects.filter(domain=answer.domain)
    if others.filter(title=title).exclude(pk=answer.text_id).exists():
        raise Refusal("helpdesk.answer-text-title-taken")
    if answer.text_id:
        row = locked_row(others.filter(pk=answer.text_id), "helpdesk.answer-text-gone")
    elif others.count() >= MAX_ANSWER_TEXTS:
        raise Refusal("helpdesk.too-many-answer-texts", most=MAX_ANSWER_TEXTS)
    else:
        row = AnswerText(domain=answer.domain)
    row.title, row.text, row.updated_at = title, text, now
    row.save()
    _record("helpdesk.answer-text-saved", row, operator_id, now)
    return row.pk


@transaction.atomic(durable=True)
def delete_answer_text(text_id: int, *, operator_id: int, now: datetime) -> None:
    """Use case: delete a ready answer. Idempotent."""
    row = AnswerText.objects.select_for_update().filter(pk=text_id).first()
    if row:
        _record("helpdesk.answer-text-deleted", row, operator_id, now)
        row.delete()


def _record(action: str, row: AnswerText, operator_id: int, now: datetime) -> None:
    by = account_subject(operator_id)
    record(action, to=answer_text_subject(row.pk), by=by, at=now, title=row.title, domain=row.domain)
