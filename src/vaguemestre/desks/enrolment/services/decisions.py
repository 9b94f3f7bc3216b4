"""Officers' decisions on the requests of their scope, each with a message to the applicant."""

from datetime import datetime
from random import Random

from django.db import transaction

from vaguemestre.desks.enrolment import queries
from vaguemestre.desks.enrolment.events import RequestMoved
from vaguemestre.desks.enrolment.models import NumenRequest, Step
from vaguemestre.desks.enrolment.rules.request_states import next_state
from vaguemestre.desks.enrolment.rules.routing import function_of, staff_category
from vaguemestre.desks.enrolment.services.brought_numens import check_brought, give_numen
from vaguemestre.desks.enrolment.values import Applicant, RequestAction, RequestState, Scope
from vaguemestre.foundation.cluster.locks import locked_row
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import numen_request_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import account_of_person
from vaguemestre.people.credentials.services import NewAccount, open_accounts
from vaguemestre.people.directory.queries import has_numen, service_card_of
from vaguemestre.people.directory.services import hold_registrations, issue_numen, register_person
from vaguemestre.people.directory.values import NewPerson, Numen, NumenKeys, NumenLayout, Post, StaffCategory
from vaguemestre.people.lifecycle.queries import is_deceased


@transaction.atomic(durable=True)
def start_review(scope: Scope, request_id: int, *, by: str, now: datetime) -> None:
    """Use case: « Prendre en charge ». As all below, raises `enrolment.unknown` and `enrolment.not-now`."""
    request = move(scope, request_id, RequestAction.TAKE, "Demande en cours d’étude.", by=by, now=now)
    NumenRequest.objects.filter(pk=request.pk, assignee=None).update(assignee_id=scope.officer_id or None)


@transaction.atomic(durable=True)
def request_information(scope: Scope, request_id: int, message: str, *, by: str, now: datetime) -> None:
    """Use case: « Demander une pièce », described in `message`."""
    move(scope, request_id, RequestAction.ASK, message, by=by, now=now)


@transaction.atomic(durable=True)
def reject(scope: Scope, request_id: int, motive: str, *, by: str, now: datetime) -> None:
    request = move(scope, request_id, RequestAction.REJECT, motive, by=by, now=now)
    _close(request, by=by, now=now)


@transaction.atomic(durable=True)
def link_existing_person(
    scope: Scope,
    request_id: int,
    person_id: int,
    layout: NumenLayout,
    keys: NumenKeys,
    draw: Random,
    *,
    by: str,
    now: datetime,
) -> None:
    """Use case: « Existe déjà ». The applicant is that person, who gets a NUMEN if they have none.

    Raises Refusal `enrolment.person-unknown` for a person out of scope too, `enrolment.not-on-wider-office`,
    `enrolment.born-otherwise`, `enrolment.deceased`.
    """
    check_recognition(scope, request_id, person_id)
    action, message = RequestAction.RECOGNISE, "Vous avez déjà un NUMEN."
    if not has_numen(person_id):
        issue_numen(person_id, layout, keys, draw, by=by, now=now)
        action, message = RequestAction.CREATE, "NUMEN attribué."
    request = move(scope, request_id, action, message, by=by, now=now)
    NumenRequest.objects.filter(pk=request.pk).update(person_id=person_id)


def check_recognition(scope: Scope, request_id: int, person_id: int) -> None:
    """Whether the applicant may be that person, whose NUMEN goes to the address the applicant wrote.

    Whoever knows a colleague's name and school can ask in their name. Raises Refusal
    `enrolment.person-unknown`, `enrolment.not-on-wider-office`, `enrolment.born-otherwise`,
    `enrolment.deceased`.
    """
    person, detail = queries.person_in(scope, person_id), queries.request_detail(scope, request_id)
    if person is None:
        raise Refusal("enrolment.person-unknown")
    queries.check_reach(scope, person_id)
    born = person.civil.birth_date if person.civil else None
    if detail is None or born != detail.applicant.birth_date:
        raise Refusal("enrolment.born-otherwise")
    account = account_of_person(person_id)
    if account and is_deceased(account.account_id):
        raise Refusal("enrolment.deceased")


@transaction.atomic(durable=True)
def create_person(
    scope: Scope,
    request_id: int,
    uai: str,
    layout: NumenLayout,
    keys: NumenKeys,
    draw: Random,
    quota_mb: int,
    *,
    by: str,
    now: datetime,
    numen: Numen | None = None,
    is_other: bool = False,
) -> int:
    """Use case: « Créer et attribuer », with names, a pending account and a NUMEN. Returns the person's id.

    `numen`: the one they bring; another is issued to others. The request's reference is their dossier until
    the feed sends them with that NUMEN. Raises the refusals of `check_creation`, `directory.name-unwritable`
    and `enrolment.known-already` (a probable match exists and `is_other` is false).
    """
    told = "NUMEN enregistré." if numen else "NUMEN attribué."
    request = move(scope, request_id, RequestAction.CREATE, told, by=by, now=now)
    applicant = queries.parse_applicant(request.applicant)
    civil = queries.civil_of(applicant)
    hold_registrations(scope.academy_id)
    staff_kind = check_creation(scope, applicant, uai, numen, keys)
    if not is_other and queries.has_probable_match(scope.academy_id, civil, uai):
        raise Refusal("enrolment.known-already")
    person = NewPerson(
        dossier=request.reference,
        civil=civil,
        category=staff_kind,
        posts=(Post(uai, applicant.starts_on, applicant.ends_on, function_of(applicant.work)),),
    )
    registered = register_person(scope.academy_id, person, keys, by=by, now=now)
    give_numen(registered.person_id, numen, layout, keys, draw, by=by, now=now)
    names = registered.names
    open_accounts([NewAccount(registered.person_id, names.username, names.mailbox, quota_mb)], by=by, now=now)
    NumenRequest.objects.filter(pk=request.pk).update(person_id=registered.person_id)
    return registered.person_id


def check_creation(
    scope: Scope, applicant: Applicant, uai: str, numen: Numen | None, keys: NumenKeys
) -> StaffCategory:
    """The staff category of an applicant who may be created in that school, with the NUMEN they bring.

    Raises Refusal `enrolment.school-unknown`, `enrolment.request-of-others`, `enrolment.numen-taken`.
    """
    category = staff_category(applicant.workplace, applicant.work)
    if category is None or not queries.is_school(scope.academy_id, uai):
        raise Refusal("enrolment.school-unknown", uai=uai)
    in_charge = queries.service_in_charge_of(scope.academy_id, category, uai)
    if in_charge not in scope.services:
        card = service_card_of(in_charge)
        raise Refusal("enrolment.request-of-others", service=card.name if card else "un autre service")
    check_brought(numen, keys)
    return category


@transaction.atomic(durable=True)
def mark_delivered(scope: Scope, request_id: int, how: str, *, by: str, now: datetime) -> None:
    """Use case: the letter was sent or handed over. `how` is the message to the applicant."""
    request = move(scope, request_id, RequestAction.DELIVER, how, by=by, now=now)
    _close(request, by=by, now=now)


def move(
    scope: Scope, request_id: int, action: RequestAction, message: str, *, by: str, now: datetime
) -> NumenRequest:
    """Change the state of a request, with a step that its applicant reads. Inside the caller's transaction.

    Raises Refusal `enrolment.unknown`, `enrolment.not-now`.
    """
    request = request_in(scope, request_id)
    request.state = next_state(RequestState(request.state), action)
    request.save(update_fields=("state",))
    step = Step.objects.create(request=request, state=request.state, at=now, message=message[:600], by=by)
    announce(RequestMoved(request.pk, step.pk))
    record(
        "enrolment.request-moved",
        to=numen_request_subject(request.pk),
        by=by,
        at=now,
        state=str(request.state),
    )
    return request


def _close(request: NumenRequest, *, by: str, now: datetime) -> None:
    request.state = next_state(RequestState(request.state), RequestAction.CLOSE)
    request.closed_at = now
    request.save(update_fields=("state", "closed_at"))
    record("enrolment.request-closed", to=numen_request_subject(request.pk), by=by, at=now)


def request_in(scope: Scope, request_id: int) -> NumenRequest:
    """A request of the scope, locked. Raises Refusal `enrolment.unknown`."""
    rows = NumenRequest.objects.filter(pk=request_id, service__in=scope.services)
    return locked_row(rows, "enrolment.unknown")
