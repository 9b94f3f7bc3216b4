"""Requests as their applicant, or an officer of their service, may read them."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from vaguemestre.desks.enrolment.models import NumenRequest, Officer, Proof, Step
from vaguemestre.desks.enrolment.rules import references
from vaguemestre.desks.enrolment.rules.request_mail import ServiceReached
from vaguemestre.desks.enrolment.values import (
    Applicant,
    Followed,
    Queued,
    Scope,
    State,
    StepSeen,
    Work,
    Workplace,
)
from vaguemestre.people.credentials.rules.secret_box import unseal
from vaguemestre.people.credentials.values import SecretKeys

PAGE = 30
MAX_RECEIPTS_A_DAY = 2  # to one address
MAX_MAILS_A_DAY = 6  # to one address, receipts counted
MAX_NOTICES_AN_HOUR = 10  # to one service
MAX_OFFICERS_TOLD = 20
_WAITING = (State.SUBMITTED, State.UNDER_REVIEW)


@dataclass(frozen=True)
class Opened:
    """A request as its officer reads it."""

    request_id: int
    reference: str
    state: State
    service: str
    applicant: Applicant
    person_id: int
    filed_at: datetime
    steps: tuple[StepSeen, ...]
    proofs: tuple[tuple[int, str, int], ...]  # id, kind, bytes


def scope_of(account_id: int) -> Scope:
    """The services an account answers for."""
    rows = list(
        Officer.objects.filter(account_id=account_id).values_list(
            "service_id", "service__code", "service__academy_id"
        )
    )
    return Scope({service: code for service, code, _ in rows}, rows[0][2] if rows else 0)


def officers_of(service_id: int) -> tuple[tuple[int, str], ...]:
    """(account, username) of whoever answers for a service."""
    rows = Officer.objects.filter(service_id=service_id).order_by("account__username")
    return tuple(rows.values_list("account_id", "account__username"))


QUEUE_ORDERS = {"age": "-filed_at", "reference": "reference", "etat": "state", "service": "service__code"}


def queue_of(
    scope: Scope,
    now: datetime,
    *,
    state: str = "",
    search: str = "",
    order: str = "-age",
    first: int = 0,
    count: int | None = PAGE,
) -> tuple[tuple[Queued, ...], int]:
    """The oldest first unless `order` (a key of QUEUE_ORDERS, minus to turn it); and how many there are.

    `state`: one state, or "" for what is not closed. `count` None: all of them.
    """
    rows = NumenRequest.objects.filter(service__in=scope.services).select_related("service")
    rows = rows.filter(state=state) if state else rows.exclude(state=State.CLOSED)
    if search:
        rows = rows.filter(reference__icontains=search) | rows.filter(applicant__birth_name__icontains=search)
    total = rows.count()
    column = QUEUE_ORDERS[order.lstrip("-")]
    turned = (
        column.lstrip("-") if order.startswith("-") == column.startswith("-") else f"-{column.lstrip('-')}"
    )
    ordered = rows.order_by(turned, "filed_at", "pk")
    shown = ordered[first:] if count is None else ordered[first : first + count]
    return tuple(_queued(row, now) for row in shown), total


def count_waiting(scope: Scope) -> int:
    return NumenRequest.objects.filter(service__in=scope.services, state__in=_WAITING).count()


def opened_request(scope: Scope, request_id: int) -> Opened | None:
    row = (
        NumenRequest.objects.filter(pk=request_id, service__in=scope.services)
        .select_related("service")
        .first()
    )
    if row is None:
        return None
    return Opened(
        row.pk,
        row.reference,
        State(row.state),
        row.service.name,
        applicant_of(row.applicant),
        row.person_id or 0,
        row.filed_at,
        _steps(row),
        tuple(row.proofs.order_by("pk").values_list("pk", "kind", "size")),
    )


def postal_of(scope: Scope, person_id: int) -> str:
    """Where somebody's last request said to write to them; "" when they made none."""
    rows = NumenRequest.objects.filter(person_id=person_id, service__in=scope.services)
    row = rows.order_by("-filed_at").first()
    return applicant_of(row.applicant).postal if row else ""


def reference_of(person_id: int) -> str:
    """The reference of the last request answered with that person; "" for none."""
    rows = NumenRequest.objects.filter(person_id=person_id).order_by("-filed_at")
    return rows.values_list("reference", flat=True).first() or ""


def proof_in(scope: Scope, request_id: int, proof_id: int, keys: SecretKeys) -> tuple[str, bytes] | None:
    """(media type, content) of a proof of a request in scope."""
    found = Proof.objects.filter(
        pk=proof_id, request_id=request_id, request__service__in=scope.services
    ).first()  # fmt: skip
    return (found.kind, unseal(bytes(found.sealed), request_id, keys)) if found else None


def request_by_secret(reference: str, secret: str) -> int | None:
    """The request of that reference if that is its secret; the same work whether or not it exists."""
    wanted = references.normal(reference)
    spelt = f"{wanted[:3]}-{wanted[3:]}"
    row = NumenRequest.objects.filter(reference=spelt).values_list("pk", "secret_digest").first()
    held = hmac.compare_digest(row[1] if row else "0" * 64, references.digest(secret))
    return row[0] if row and held else None


@dataclass(frozen=True)
class StepToMail:
    """A step somebody may be written to about. `to`: the applicant's address; `officers`: accounts."""

    request_id: int
    reference: str
    state: State
    at: datetime
    to: str
    service: ServiceReached
    officers: tuple[int, ...]
    applicant_is_told: bool
    service_is_told: bool


def step_to_mail(step_id: int, now: datetime) -> StepToMail | None:
    """None if the step is gone. Told: mailed already, or enough to that address or that service.

    A service is told of what its applicants do, not of its own acts.
    """
    step = Step.objects.select_related("request__service").filter(pk=step_id).first()
    if step is None:
        return None
    request, service = step.request, step.request.service
    state = State(step.state)
    return StepToMail(
        request.pk,
        request.reference,
        state,
        step.at,
        applicant_of(request.applicant).contact,
        ServiceReached(service.name, service.phone, service.address),
        tuple(account_id for account_id, _ in officers_of(service.pk))[:MAX_OFFICERS_TOLD],
        applicant_is_told=bool(step.applicant_mailed_at) or _is_mailed_enough(request.contact, state, now),
        service_is_told=step.by != "applicant"
        or bool(step.service_mailed_at)
        or _is_noticed_enough(service.pk, now),
    )


def _is_mailed_enough(contact: str, state: State, now: datetime) -> bool:
    """The form must not fill the mailbox of whoever's address was typed into it."""
    mailed = Step.objects.filter(request__contact=contact, applicant_mailed_at__gt=now - timedelta(days=1))
    receipts = mailed.filter(state=State.SUBMITTED).count() if state is State.SUBMITTED else 0
    return bool(contact) and (receipts >= MAX_RECEIPTS_A_DAY or mailed.count() >= MAX_MAILS_A_DAY)


def _is_noticed_enough(service_id: int, now: datetime) -> bool:
    noticed = Step.objects.filter(
        request__service_id=service_id, service_mailed_at__gt=now - timedelta(hours=1)
    )
    return noticed.count() >= MAX_NOTICES_AN_HOUR


def followed(request_id: int) -> Followed:
    row = NumenRequest.objects.select_related("service").get(pk=request_id)
    state = State(row.state)
    return Followed(
        row.reference, state, row.service.name, _steps(row), may_complete=state is State.NEEDS_INFORMATION
    )


def applicant_of(kept: Mapping[str, Any]) -> Applicant:
    """An applicant as the row keeps them."""
    told = dict(kept)
    for name in ("birth_date", "starts_on", "ends_on"):
        told[name] = date.fromisoformat(told[name]) if told[name] else None
    told["workplace"], told["work"] = Workplace(told["workplace"]), Work(told["work"])
    return Applicant(**told)


def _steps(row: NumenRequest) -> tuple[StepSeen, ...]:
    steps = row.steps.order_by("pk").values_list("state", "at", "words")
    return tuple(StepSeen(State(state), at, words) for state, at, words in steps)


def _queued(row: NumenRequest, now: datetime) -> Queued:
    told = applicant_of(row.applicant)
    name = f"{told.first_name} {told.usage_name or told.birth_name}"
    return Queued(
        row.pk,
        row.reference,
        name,
        told.school,
        State(row.state),
        (now - row.filed_at).days,
        row.service.code,
    )
