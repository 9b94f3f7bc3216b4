"""Requests, for their applicant or for an officer of their service."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from vaguemestre.desks.enrolment.models import NumenRequest, Officer, Proof, Step
from vaguemestre.desks.enrolment.rules import references
from vaguemestre.desks.enrolment.rules.request_mail import ServiceContact
from vaguemestre.desks.enrolment.values import (
    Applicant,
    QueueRow,
    RequestState,
    RequestStatus,
    Scope,
    StepRow,
    Work,
    Workplace,
)
from vaguemestre.people.credentials.rules.secret_box import unseal
from vaguemestre.people.credentials.values import AccountState, SecretKeys
from vaguemestre.people.directory.queries import service_summaries

PAGE = 30
MAX_RECEIPTS_A_DAY = 2  # to one address
MAX_MAILS_A_DAY = 6  # to one address, receipts counted
MAX_NOTICES_AN_HOUR = 10  # to one service
MAX_OFFICERS_NOTIFIED = 20
_WAITING = (RequestState.SUBMITTED, RequestState.UNDER_REVIEW)


class ProofRow(NamedTuple):
    """A proof without its content. `kind`: its media type; `size`: bytes."""

    proof_id: int
    kind: str
    size: int


class NoteRow(NamedTuple):
    """A note of officers. `by`: `account:7`."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True)
class RequestDetail:
    """A request, for an officer of its service."""

    request_id: int
    reference: str
    state: RequestState
    service: str
    applicant: Applicant
    person_id: int
    filed_at: datetime
    steps: tuple[StepRow, ...]
    proofs: tuple[ProofRow, ...]
    service_id: int = 0
    assignee_id: int = 0  # an account; 0: nobody
    notes: tuple[NoteRow, ...] = ()  # newest first


def scope_of(account_id: int) -> Scope:
    """The scope of an officer."""
    rows = list(
        Officer.objects.filter(account_id=account_id).values_list(
            "service_id", "service__code", "service__academy_id"
        )
    )
    return Scope({service: code for service, code, _ in rows}, rows[0][2] if rows else 0, account_id)


def officers_of(service_id: int) -> tuple[tuple[int, str], ...]:
    """(account id, username) of the officers of a service."""
    rows = Officer.objects.filter(service_id=service_id).order_by("account__username")
    return tuple(rows.values_list("account_id", "account__username"))


def services_with_officer() -> frozenset[int]:
    """The services that an active account is an officer of."""
    rows = Officer.objects.filter(account__state=AccountState.ACTIVE)
    return frozenset(rows.values_list("service_id", flat=True))


QUEUE_ORDERS = {"age": "-filed_at", "reference": "reference", "etat": "state", "service": "service__code"}


def queue_page(
    scope: Scope,
    now: datetime,
    *,
    state: str = "",
    search: str = "",
    assignee_id: int = 0,
    order: str = "-age",
    first: int = 0,
    count: int | None = PAGE,
) -> tuple[tuple[QueueRow, ...], int]:
    """A page of the queue, oldest first by default, and the total number.

    `state`: one state, or "" for every open one. `assignee_id`: of whoever handles it, 0 for anybody.
    `order`: a key of QUEUE_ORDERS, minus to reverse it.
    `count`: None for all.
    """
    rows = NumenRequest.objects.filter(service__in=scope.services).select_related("service")
    rows = rows.filter(state=state) if state else rows.exclude(state=RequestState.CLOSED)
    if assignee_id:
        rows = rows.filter(assignee_id=assignee_id)
    if search:
        rows = rows.filter(reference__icontains=search) | rows.filter(applicant__birth_name__icontains=search)
    total = rows.count()
    column = QUEUE_ORDERS[order.lstrip("-")]
    sort_key = (
        column.lstrip("-") if order.startswith("-") == column.startswith("-") else f"-{column.lstrip('-')}"
    )
    ordered = rows.order_by(sort_key, "filed_at", "pk")
    page = ordered[first:] if count is None else ordered[first : first + count]
    return tuple(_queued(row, now) for row in page), total


def count_waiting(scope: Scope) -> int:
    return NumenRequest.objects.filter(service__in=scope.services, state__in=_WAITING).count()


def request_detail(scope: Scope, request_id: int) -> RequestDetail | None:
    row = (
        NumenRequest.objects.filter(pk=request_id, service__in=scope.services)
        .select_related("service")
        .first()
    )
    if row is None:
        return None
    return RequestDetail(
        row.pk,
        row.reference,
        RequestState(row.state),
        row.service.name,
        parse_applicant(row.applicant),
        row.person_id or 0,
        row.filed_at,
        _steps(row),
        tuple(ProofRow(*proof) for proof in row.proofs.order_by("pk").values_list("pk", "kind", "size")),
        row.service_id,
        row.assignee_id or 0,
        tuple(NoteRow(*note) for note in row.notes.order_by("-pk").values_list("at", "by", "text")),
    )


def other_services(academy_id: int, service_id: int) -> dict[int, str]:
    """The services of the académie that a request of that one may be passed on to: id → name."""
    services = service_summaries(academy_id)
    return {service.service_id: service.name for service in services if service.service_id != service_id}


def last_postal_address(scope: Scope, person_id: int) -> str:
    """The postal address of a person's last request; "" if they made none."""
    rows = NumenRequest.objects.filter(person_id=person_id, service__in=scope.services)
    row = rows.order_by("-filed_at").first()
    return parse_applicant(row.applicant).postal if row else ""


def reference_of(person_id: int) -> str:
    """The reference of the last request linked to a person; "" for none."""
    rows = NumenRequest.objects.filter(person_id=person_id).order_by("-filed_at")
    return rows.values_list("reference", flat=True).first() or ""


def find_proof(scope: Scope, request_id: int, proof_id: int, keys: SecretKeys) -> tuple[str, bytes] | None:
    """(media type, content) of a proof of a request in scope."""
    proof = Proof.objects.filter(
        pk=proof_id, request_id=request_id, request__service__in=scope.services
    ).first()  # fmt: skip
    return (proof.kind, unseal(bytes(proof.sealed), request_id, keys)) if proof else None


def find_request(reference: str, secret: str) -> int | None:
    """The id of the request with that reference and secret. Constant work, whether or not it exists."""
    compact = references.normalise(reference)
    stored = f"{compact[:3]}-{compact[3:]}"
    row = NumenRequest.objects.filter(reference=stored).values_list("pk", "secret_digest").first()
    is_match = hmac.compare_digest(row[1] if row else "0" * 64, references.digest(secret))
    return row[0] if row and is_match else None


@dataclass(frozen=True)
class StepNotice:
    """A step to notify. `to`: the applicant's address; `officers`: account ids."""

    request_id: int
    reference: str
    state: RequestState
    at: datetime
    to: str
    service: ServiceContact
    officers: tuple[int, ...]
    applicant_notified: bool
    service_notified: bool


def step_to_mail(step_id: int, now: datetime) -> StepNotice | None:
    """The notice of a step; None if the step is gone.

    `…_notified`: already mailed, or the limit for that address or service is reached. A service is not
    notified of its own actions.
    """
    step = Step.objects.select_related("request__service").filter(pk=step_id).first()
    if step is None:
        return None
    request, service = step.request, step.request.service
    state = RequestState(step.state)
    return StepNotice(
        request.pk,
        request.reference,
        state,
        step.at,
        parse_applicant(request.applicant).contact,
        ServiceContact(service.name, service.phone, service.address),
        tuple(account_id for account_id, _ in officers_of(service.pk))[:MAX_OFFICERS_NOTIFIED],
        applicant_notified=bool(step.applicant_mailed_at) or _is_mailed_enough(request.contact, state, now),
        service_notified=not (step.by == "applicant" or _is_passed_on(step))
        or bool(step.service_mailed_at)
        or _is_noticed_enough(service.pk, now),
    )


def _is_passed_on(step: Step) -> bool:
    """Whether a request waits at its service because another one passed it on."""
    return step.state == RequestState.SUBMITTED


def _is_mailed_enough(contact: str, state: RequestState, now: datetime) -> bool:
    """Whether the address got its daily maximum; the form must not flood a third party's mailbox."""
    mailed = Step.objects.filter(request__contact=contact, applicant_mailed_at__gt=now - timedelta(days=1))
    receipts = mailed.filter(state=RequestState.SUBMITTED).count() if state is RequestState.SUBMITTED else 0
    return bool(contact) and (receipts >= MAX_RECEIPTS_A_DAY or mailed.count() >= MAX_MAILS_A_DAY)


def _is_noticed_enough(service_id: int, now: datetime) -> bool:
    noticed = Step.objects.filter(
        request__service_id=service_id, service_mailed_at__gt=now - timedelta(hours=1)
    )
    return noticed.count() >= MAX_NOTICES_AN_HOUR


def request_status(request_id: int) -> RequestStatus:
    row = NumenRequest.objects.select_related("service").get(pk=request_id)
    state = RequestState(row.state)
    return RequestStatus(
        row.reference,
        state,
        row.service.name,
        _steps(row),
        may_complete=state is RequestState.NEEDS_INFORMATION,
    )


def parse_applicant(stored: Mapping[str, Any]) -> Applicant:
    """The applicant of a request's JSON field."""
    fields = dict(stored)
    for name in ("birth_date", "starts_on", "ends_on"):
        fields[name] = date.fromisoformat(fields[name]) if fields[name] else None
    fields["workplace"], fields["work"] = Workplace(fields["workplace"]), Work(fields["work"])
    return Applicant(**fields)


def _steps(row: NumenRequest) -> tuple[StepRow, ...]:
    steps = row.steps.order_by("pk").values_list("state", "at", "message")
    return tuple(StepRow(RequestState(state), at, message) for state, at, message in steps)


def _queued(row: NumenRequest, now: datetime) -> QueueRow:
    applicant = parse_applicant(row.applicant)
    name = f"{applicant.first_name} {applicant.usage_name or applicant.birth_name}"
    return QueueRow(
        row.pk,
        row.reference,
        name,
        applicant.school,
        RequestState(row.state),
        (now - row.filed_at).days,
        row.service.code,
        row.assignee_id or 0,
    )
