"""People of a service: corrections, arrivals before HR has entered them, NUMEN disclosure."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from django.db import transaction

from vaguemestre.desks.enrolment import queries
from vaguemestre.desks.enrolment.models import Officer
from vaguemestre.desks.enrolment.rules.civil_marks import civil_mark
from vaguemestre.desks.enrolment.services.brought_numens import check_brought, give_numen
from vaguemestre.desks.enrolment.values import Scope
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject, person_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.services import NewAccount, open_accounts
from vaguemestre.people.directory.queries import current_numen
from vaguemestre.people.directory.services import (
    change_person,
    hold_registrations,
    lock_person,
    register_person,
)
from vaguemestre.people.directory.values import (
    CivilStatus,
    NewPerson,
    Numen,
    NumenKeys,
    NumenLayout,
    PersonChange,
)

MAX_STAY = timedelta(days=366)  # of an arrival entered by hand


def appoint_officer(account_id: int, service_id: int, *, by: str, now: datetime, reason: str = "") -> bool:
    """Make the account an officer of the service; False if it is. Inside the caller's transaction."""
    _, is_new = Officer.objects.get_or_create(account_id=account_id, service_id=service_id)
    if is_new:
        facts: dict[str, str | int] = {"service": service_id} | ({"reason": reason} if reason else {})
        record("enrolment.officer-appointed", to=account_subject(account_id), by=by, at=now, **facts)
    return is_new


def dismiss_officer(account_id: int, service_id: int, *, by: str, now: datetime) -> int:
    """Remove the account from the service. Returns how many it still has. In the caller's transaction."""
    deleted, _ = Officer.objects.filter(account_id=account_id, service_id=service_id).delete()
    if deleted:
        record(
            "enrolment.officer-dismissed", to=account_subject(account_id), by=by, at=now, service=service_id
        )
    return Officer.objects.filter(account_id=account_id).count()


@transaction.atomic(durable=True)
def leave_services(account_id: int, academy_id: int, *, by: str, now: datetime) -> None:
    """Use case: remove the account from the services of every académie but that one, its person's now."""
    former_offices = Officer.objects.filter(account_id=account_id).exclude(service__academy_id=academy_id)
    for service_id in list(former_offices.values_list("service_id", flat=True)):
        dismiss_officer(account_id, service_id, by=by, now=now)


@transaction.atomic(durable=True)
def correct_person(
    scope: Scope,
    person_id: int,
    civil: CivilStatus,
    keys: NumenKeys,
    *,
    shown: str,
    by: str,
    now: datetime,
) -> None:
    """Use case: correct a civil status. A new shown name gives a new address; the former still receives.

    `shown`: the mark of the civil status that was corrected. Raises Refusal `enrolment.person-unknown`,
    `enrolment.changed-meanwhile` if it is another by now, `directory.name-unwritable`.
    """
    lock_person(person_id)
    person = queries.person_in(scope, person_id)
    if person is None or person.civil is None:  # an erased civil status can only come back by the feed
        raise Refusal("enrolment.person-unknown")
    if shown != civil_mark(person.civil):
        raise Refusal("enrolment.changed-meanwhile")
    change_person(PersonChange(person_id, civil=civil), keys, by=by, now=now)


@transaction.atomic(durable=True)
def register_arrival(
    scope: Scope,
    person: NewPerson,
    sponsor: str,
    layout: NumenLayout,
    keys: NumenKeys,
    draw: Random,
    quota_mb: int,
    *,
    by: str,
    now: datetime,
    is_other: bool = False,
) -> int:
    """Use case: register a person at work whom HR has not entered, with a sponsor. Returns the person's id.

    Whoever brings a NUMEN keeps it; others are issued one. When the feed sends that NUMEN, it updates the
    same person. Raises Refusal `enrolment.no-end`, `enrolment.stay-too-long`, `enrolment.not-ours`,
    `enrolment.school-unknown`, `enrolment.numen-taken`, `enrolment.known-already` (a probable match exists
    and `is_other` is false).
    """
    post = person.posts[0]
    hold_registrations(scope.academy_id)
    check_arrival(scope, person, keys, now=now)
    if not is_other and queries.has_probable_match(scope.academy_id, person.civil, post.uai):
        raise Refusal("enrolment.known-already")
    registered = register_person(scope.academy_id, replace(person, numen=None), keys, by=by, now=now)
    give_numen(registered.person_id, person.numen, layout, keys, draw, by=by, now=now)
    names = registered.names
    open_accounts([NewAccount(registered.person_id, names.username, names.mailbox, quota_mb)], by=by, now=now)
    record(
        "enrolment.person-received",
        to=person_subject(registered.person_id),
        by=by,
        at=now,
        sponsor=sponsor[:120],
    )
    return registered.person_id


@transaction.atomic(durable=True)
def reveal_numen(scope: Scope, person_id: int, keys: NumenKeys, why: str, *, by: str, now: datetime) -> Numen:
    """Use case: disclose a NUMEN to an officer of the person's service. Every disclosure is journaled.

    Raises Refusal `enrolment.person-unknown`, `enrolment.no-numen`.
    """
    if queries.person_in(scope, person_id) is None:
        raise Refusal("enrolment.person-unknown")
    numen = current_numen(person_id, keys)
    if numen is None:
        raise Refusal("enrolment.no-numen")
    record("enrolment.numen-shown", to=person_subject(person_id), by=by, at=now, why=why)
    return numen


def check_arrival(scope: Scope, person: NewPerson, keys: NumenKeys, *, now: datetime) -> None:
    """Raises the Refusals of `register_arrival` except `enrolment.known-already`."""
    post = person.posts[0]
    _check_stay(post.ends_on, now.date())
    if not queries.is_school(scope.academy_id, post.uai):
        raise Refusal("enrolment.school-unknown", uai=post.uai)
    if queries.service_in_charge_of(scope.academy_id, person.category, post.uai) not in scope.services:
        raise Refusal("enrolment.not-ours")
    check_brought(person.numen, keys)


def _check_stay(ends_on: date | None, today: date) -> None:
    if ends_on is None:
        raise Refusal("enrolment.no-end")
    if ends_on <= today or ends_on > today + MAX_STAY:
        raise Refusal("enrolment.stay-too-long")


@transaction.atomic(durable=True)
def record_export(count: int, *, by: str, now: datetime) -> None:
    """Use case: record that an officer exports the list of people of their services."""
    record("enrolment.people-exported", to=by, by=by, at=now, count=count)
