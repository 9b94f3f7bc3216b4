"""Answer match candidates: whether two people are the same is always decided by a human."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from vaguemestre.foundation.cluster.locks import locked_row
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject, person_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import account_of_person
from vaguemestre.people.directory.rules.numen_vault import unseal_bytes
from vaguemestre.people.directory.values import NumenKeys
from vaguemestre.people.intake.models import Feed, MatchCandidate
from vaguemestre.people.intake.values import LINE_PURPOSE


@transaction.atomic(durable=True)
def answer_match_candidate(academy_id: int, candidate_id: int, *, same: bool, by: str, now: datetime) -> None:
    """Say whether the dossier is that person's; the next feed with that dossier follows the answer.

    Raises Refusal `intake.match-unknown`, `intake.match-answered`, `intake.match-oneself`.
    """
    rows = MatchCandidate.objects.filter(academy_id=academy_id, pk=candidate_id)
    candidate = locked_row(rows, "intake.match-unknown")
    if candidate.answer:
        raise Refusal("intake.match-answered")
    account = account_of_person(candidate.person_id)
    if account and by == account_subject(account.account_id):
        raise Refusal("intake.match-oneself")
    candidate.answer = MatchCandidate.Answer.SAME if same else MatchCandidate.Answer.OTHER
    candidate.answered_by, candidate.answered_at = by, now
    candidate.save(update_fields=("answer", "answered_by", "answered_at"))
    record(
        "intake.candidate-answered",
        to=person_subject(candidate.person_id),
        by=by,
        at=now,
        dossier=candidate.dossier,
        answer=candidate.answer,
    )


@transaction.atomic(durable=True)
def take_back_answer(academy_id: int, candidate_id: int, *, by: str, now: datetime) -> None:
    """Ask again about a candidate whose answer no feed has followed yet. Idempotent.

    Raises Refusal `intake.match-unknown`, `intake.match-followed`.
    """
    rows = MatchCandidate.objects.filter(academy_id=academy_id, pk=candidate_id)
    candidate = locked_row(rows, "intake.match-unknown")
    if not candidate.answer or candidate.answered_at is None:
        return
    since = candidate.answered_at
    applied = Q(finished_at__gte=since) | Q(begun_at__gte=since)
    under_way = Q(started_at__gte=since, refusal="", is_uploaded=False)
    if Feed.objects.filter(applied | under_way, academy_id=academy_id).exists():
        raise Refusal("intake.match-followed")
    candidate.answer, candidate.answered_by, candidate.answered_at = "", "", None
    candidate.save(update_fields=("answer", "answered_by", "answered_at"))
    record(
        "intake.answer-taken-back",
        to=person_subject(candidate.person_id),
        by=by,
        at=now,
        dossier=candidate.dossier,
    )


@transaction.atomic(durable=True)
def reveal_match_candidate_lines(
    academy_id: int, candidate_id: int, keys: NumenKeys, *, by: str, now: datetime
) -> str:
    """The raw lines of the feed, NUMEN included. The caller checks the right; the reading is journaled.

    Raises Refusal `intake.match-unknown`.
    """
    candidate = MatchCandidate.objects.filter(academy_id=academy_id, pk=candidate_id).first()
    if candidate is None:
        raise Refusal("intake.match-unknown")
    to, line = person_subject(candidate.person_id), candidate.first_line
    record("intake.lines-shown", to=to, by=by, at=now, dossier=candidate.dossier, line=line)
    return unseal_bytes(bytes(candidate.sealed), keys, LINE_PURPOSE).decode()
