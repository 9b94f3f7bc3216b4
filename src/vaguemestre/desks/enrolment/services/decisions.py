"""The officer's side: each act moves a request of the officer's scope, with words the applicant reads."""

from datetime import datetime
from random import Random

from django.db import transaction

from vaguemestre.desks.enrolment import queries
from vaguemestre.desks.enrolment.events import RequestMoved
from vaguemestre.desks.enrolment.models import NumenRequest, Step
from vaguemestre.desks.enrolment.rules.routing import category
from vaguemestre.desks.enrolment.rules.states import moved
from vaguemestre.desks.enrolment.values import Act, Applicant, Scope, State
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.services import NewAccount, open_accounts
from vaguemestre.people.directory.queries import current_numen
from vaguemestre.people.directory.services import issue_numen, register_person
from vaguemestre.people.directory.values import NewPerson, NumenKeys, NumenLayout, Post, StaffCategory


@transaction.atomic(durable=True)
def take_up(scope: Scope, request_id: int, *, by: str, now: datetime) -> None:
    """Somebody looks at it. Raises Refusal `enrolment.unknown`, `enrolment.not-now` (as all below)."""
    _move(scope, request_id, Act.TAKE, "Demande en cours d’étude.", by=by, now=now)


@transaction.atomic(durable=True)
def ask_for_more(scope: Scope, request_id: int, words: str, *, by: str, now: datetime) -> None:
    """« Demander une pièce »: `words` say which."""
    _move(scope, request_id, Act.ASK, words, by=by, now=now)


@transaction.atomic(durable=True)
def reject(scope: Scope, request_id: int, motive: str, *, by: str, now: datetime) -> None:
    request = _move(scope, request_id, Act.REJECT, motive, by=by, now=now)
    _close(request, by=by, now=now)


@transaction.atomic(durable=True)
def recognise(
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
    """« Existe déjà »: the applicant is that person, who gets a NUMEN if they had none.

    Raises Refusal `enrolment.person-unknown` for somebody out of scope too.
    """
    if queries.person_in(scope, person_id) is None:
        raise Refusal("enrolment.person-unknown")
    if current_numen(person_id, keys) is None:
        issue_numen(person_id, layout, keys, draw, by=by, now=now)
    request = _move(scope, request_id, Act.RECOGNISE, "Vous avez déjà un NUMEN.", by=by, now=now)
    NumenRequest.objects.filter(pk=request.pk).update(person_id=person_id)


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
    is_other: bool = False,
) -> int:
    """« Créer et attribuer »: the person, their names, their account to activate, a NUMEN. The person's id.

    Known under the request's reference until the feed brings them with that NUMEN. Raises Refusal
    `enrolment.school-unknown`, `enrolment.not-ours` (a school of another department),
    `enrolment.known-already` (somebody may be the one, and nobody said `is_other`),
    `directory.name-unwritable`.
    """
    request = _move(scope, request_id, Act.CREATE, "NUMEN attribué.", by=by, now=now)
    told = queries.applicant_of(request.applicant)
    wanted = check_creation(scope, told, uai)
    civil = queries.civil_of(told)
    if not is_other and queries.needs_review(scope.academy_id, civil, uai):
        raise Refusal("enrolment.known-already")
    person = NewPerson(
        dossier=request.reference,
        civil=civil,
        category=wanted,
        posts=(Post(uai, told.starts_on, told.ends_on),),
    )
    registered = register_person(scope.academy_id, person, keys, by=by, now=now)
    issue_numen(registered.person_id, layout, keys, draw, by=by, now=now)
    names = registered.names
    open_accounts([NewAccount(registered.person_id, names.username, names.mailbox, quota_mb)], by=by, now=now)
    NumenRequest.objects.filter(pk=request.pk).update(person_id=registered.person_id)
    return registered.person_id


def check_creation(scope: Scope, applicant: Applicant, uai: str) -> StaffCategory:
    """The category of an applicant who may be created in that school.

    Raises Refusal `enrolment.school-unknown`, `enrolment.not-ours`.
    """
    wanted = category(applicant.workplace, applicant.work)
    if wanted is None or not queries.is_school(scope.academy_id, uai):
        raise Refusal("enrolment.school-unknown", uai=uai)
    if queries.service_for(scope.academy_id, wanted, uai) not in scope.services:
        raise Refusal("enrolment.not-ours")
    return wanted


@transaction.atomic(durable=True)
def deliver(scope: Scope, request_id: int, how: str, *, by: str, now: datetime) -> None:
    """The letter left, or was handed over. `how` is told to the applicant."""
    request = _move(scope, request_id, Act.DELIVER, how, by=by, now=now)
    _close(request, by=by, now=now)


@transaction.atomic(durable=True)
def close_request(scope: Scope, request_id: int, *, by: str, now: datetime) -> None:
    _close(_of(scope, request_id), by=by, now=now)


def _move(scope: Scope, request_id: int, act: Act, words: str, *, by: str, now: datetime) -> NumenRequest:
    request = _of(scope, request_id)
    request.state = moved(State(request.state), act)
    request.save(update_fields=("state",))
    step = Step.objects.create(request=request, state=request.state, at=now, words=words[:600], by=by)
    announce(RequestMoved(request.pk, step.pk))
    record(
        "enrolment.request-moved", to=f"numen-request:{request.pk}", by=by, at=now, state=str(request.state)
    )
    return request


def _close(request: NumenRequest, *, by: str, now: datetime) -> None:
    request.state = moved(State(request.state), Act.CLOSE)
    request.closed_at = now
    request.save(update_fields=("state", "closed_at"))
    record("enrolment.request-closed", to=f"numen-request:{request.pk}", by=by, at=now)


def _of(scope: Scope, request_id: int) -> NumenRequest:
    found = NumenRequest.objects.select_for_update().filter(pk=request_id, service__in=scope.services).first()
    if found is None:
        raise Refusal("enrolment.unknown")
    return found
