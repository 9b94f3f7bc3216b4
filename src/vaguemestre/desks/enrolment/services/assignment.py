"""Who handles a request: a colleague, another service; and the notes of officers."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F

from vaguemestre.desks.enrolment import queries
from vaguemestre.desks.enrolment.models import NumenRequest, RequestNote
from vaguemestre.desks.enrolment.rules.request_states import next_state
from vaguemestre.desks.enrolment.services.decisions import move, request_in
from vaguemestre.desks.enrolment.values import RequestAction, RequestState, Scope, Work, Workplace
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject, numen_request_subject
from vaguemestre.foundation.kernel.errors import Refusal

MAX_NOTE_CHARACTERS = 600
_LETTER_DUE = (RequestState.APPROVED, RequestState.EXISTING_FOUND)


@transaction.atomic(durable=True)
def assign_request(scope: Scope, request_id: int, account_id: int, *, by: str, now: datetime) -> None:
    """Use case: have an officer of the service handle a request; 0 for nobody.

    Raises Refusal `enrolment.unknown`, `enrolment.not-a-colleague`.
    """
    request = request_in(scope, request_id)
    colleagues = {pk for pk, _ in queries.officers_of(request.service_id)}
    if account_id and account_id not in colleagues:
        raise Refusal("enrolment.not-a-colleague")
    request.assignee_id = account_id or None
    request.save(update_fields=("assignee",))
    record(
        "enrolment.request-assigned", to=numen_request_subject(request.pk), by=by, at=now,
        account=account_subject(account_id) if account_id else "",
    )  # fmt: skip


@transaction.atomic(durable=True)
def add_note(scope: Scope, request_id: int, text: str, *, by: str, now: datetime) -> None:
    """Use case: add a note that officers of the service read, and the applicant does not.

    Raises Refusal `enrolment.unknown`, `enrolment.note-empty`.
    """
    _add_note(request_in(scope, request_id), text, by=by, now=now)
    record("enrolment.note-added", to=numen_request_subject(request_id), by=by, at=now)


@transaction.atomic(durable=True)
def pass_request_on(
    scope: Scope, request_id: int, service_id: int, note: str, *, by: str, now: datetime
) -> None:
    """Use case: pass a request on to another service of the académie, with a note that says why.

    It waits there anew, handled by nobody. Raises Refusal `enrolment.unknown`, `enrolment.not-now`,
    `enrolment.service-unknown`, `enrolment.note-empty`.
    """
    request = request_in(scope, request_id)
    services = queries.other_services(scope.academy_id, request.service_id)
    if service_id not in services:
        raise Refusal("enrolment.service-unknown")
    _add_note(request, note, by=by, now=now)
    NumenRequest.objects.filter(pk=request.pk).update(service_id=service_id, assignee=None)
    reach = Scope({**scope.services, service_id: ""}, scope.academy_id, scope.officer_id)
    message = f"Demande transmise à : {services[service_id]}."
    move(reach, request_id, RequestAction.TRANSFER, message, by=by, now=now)
    record(
        "enrolment.request-passed-on", to=numen_request_subject(request.pk), by=by, at=now,
        service=services[service_id],
    )  # fmt: skip


@transaction.atomic(durable=True)
def correct_work(
    scope: Scope, request_id: int, workplace: Workplace, work: Work, note: str, *, by: str, now: datetime
) -> None:
    """Use case: correct where an applicant works and as what, which names the service that creates them.

    `note`: what it was and is, for officers. Raises Refusal `enrolment.unknown`, `enrolment.not-now`.
    """
    request = request_in(scope, request_id)
    next_state(RequestState(request.state), RequestAction.CREATE)
    before = {name: request.applicant[name] for name in ("workplace", "work")}
    after = {"workplace": workplace.value, "work": work.value}
    if before == after:
        return
    request.applicant = {**request.applicant, **after}
    request.save(update_fields=("applicant",))
    _add_note(request, note, by=by, now=now)
    record(
        "enrolment.work-corrected", to=numen_request_subject(request.pk), by=by, at=now,
        before=" ".join(before.values()), after=" ".join(after.values()),
    )  # fmt: skip


@transaction.atomic(durable=True)
def follow_people(person_ids: Collection[int], *, by: str, now: datetime) -> None:
    """Use case: a request whose letter is due goes to the service that its person has by now. Idempotent.

    Whoever handled it sees neither the person nor the letter any more.
    """
    rows = NumenRequest.objects.filter(person_id__in=person_ids, state__in=_LETTER_DUE)
    moved = rows.filter(person__service__academy=F("service__academy")).exclude(person__service=F("service"))
    for request in moved.select_related("service", "person__service").select_for_update(of=("self",)):
        if request.person is None or request.person.service is None:
            continue
        before, request.service, request.assignee = request.service, request.person.service, None
        request.save(update_fields=("service", "assignee"))
        _add_note(
            request, f"La personne ne relève plus de : {before.name}. La demande la suit.", by=by, now=now
        )
        record(
            "enrolment.request-passed-on", to=numen_request_subject(request.pk), by=by, at=now,
            service=request.service.name,
        )  # fmt: skip


def _add_note(request: NumenRequest, text: str, *, by: str, now: datetime) -> None:
    if not text.strip():
        raise Refusal("enrolment.note-empty")
    RequestNote.objects.create(request=request, at=now, by=by, text=text.strip()[:MAX_NOTE_CHARACTERS])
