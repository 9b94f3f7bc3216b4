"""What a human says of somebody who may be somebody known: never decided by a likeness alone."""

from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.rules.numen_vault import unseal_bytes
from vaguemestre.people.directory.values import NumenKeys
from vaguemestre.people.intake.models import Doubt
from vaguemestre.people.intake.services.feed_apply import PURPOSE


@transaction.atomic(durable=True)
def answer_doubt(academy_id: int, doubt_id: int, *, same: bool, by: str, now: datetime) -> None:
    """The dossier is that person's, or somebody else's: the next feed that speaks of it follows.

    Raises Refusal `intake.doubt-unknown`, `intake.doubt-answered`.
    """
    doubt = Doubt.objects.select_for_update().filter(academy_id=academy_id, pk=doubt_id).first()
    if doubt is None:
        raise Refusal("intake.doubt-unknown")
    if doubt.answer:
        raise Refusal("intake.doubt-answered")
    doubt.answer = Doubt.Answer.SAME if same else Doubt.Answer.OTHER
    doubt.answered_by, doubt.answered_at = by, now
    doubt.save(update_fields=("answer", "answered_by", "answered_at"))
    told = {"dossier": doubt.dossier, "answer": doubt.answer}
    record("intake.doubt-answered", to=f"person:{doubt.person_id}", by=by, at=now, **told)


@transaction.atomic(durable=True)
def show_doubt_lines(academy_id: int, doubt_id: int, keys: NumenKeys, *, by: str, now: datetime) -> str:
    """The lines of the feed as they stood, NUMEN included, to whoever may read it; the reading is journaled.

    Raises Refusal `intake.doubt-unknown`.
    """
    doubt = Doubt.objects.filter(academy_id=academy_id, pk=doubt_id).first()
    if doubt is None:
        raise Refusal("intake.doubt-unknown")
    to, line = f"person:{doubt.person_id}", doubt.first_line
    record("intake.lines-shown", to=to, by=by, at=now, dossier=doubt.dossier, line=line)
    return unseal_bytes(bytes(doubt.sealed), keys, PURPOSE).decode()
