"""Use cases of administrators."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from vaguemestre.access.signin.services import notify_owner
from vaguemestre.desks.backoffice.rules.roles import ASSIGNABLE_ROLES, ROLE_LABELS
from vaguemestre.desks.enrolment.services import appoint_officer, dismiss_officer
from vaguemestre.foundation.jobs import queries as job_queries
from vaguemestre.foundation.jobs import services as job_services
from vaguemestre.foundation.jobs.queries import FailedJob
from vaguemestre.foundation.journal.queries import count_acts
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import academy_subject, job_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import (
    holds_second_factor,
    identified,
    is_account_in,
    presented,
)
from vaguemestre.people.credentials.queries.roles import accounts_with_role
from vaguemestre.people.credentials.services import give_role
from vaguemestre.people.credentials.values import AccountRole, AccountState
from vaguemestre.people.directory import services as directory
from vaguemestre.people.directory.queries import ServiceSummary
from vaguemestre.people.directory.values import Place

_OFFICER, _ADMINISTRATOR = AccountRole.HR_OFFICER, AccountRole.ADMINISTRATOR
_MAX_TOLD = 100  # administrators told of one more
_ONE_RECORD_PER = timedelta(hours=1)


@transaction.atomic(durable=True)
def found_academy(
    code: str, name: str, domain: str, departments: tuple[str, ...], *, by: str, now: datetime
) -> int:
    """Use case: create an académie with its management services. Returns its id."""
    academy_id = directory.found_academy(code, name, domain, departments)
    record("directory.academy-founded", to=academy_subject(academy_id), by=by, at=now, domain=domain)
    return academy_id


@transaction.atomic(durable=True)
def rename_academy(academy_id: int, name: str, *, by: str, now: datetime) -> None:
    directory.rename_academy(academy_id, name, by=by, now=now)


@transaction.atomic(durable=True)
def describe_service(service_id: int, fields: Mapping[str, str], *, by: str, now: datetime) -> None:
    directory.describe_service(service_id, fields, by=by, now=now)


@transaction.atomic(durable=True)
def open_structure(academy_id: int, place: Place, opened_on: date | None, *, by: str, now: datetime) -> int:
    """Use case: create an establishment. Raises Refusal `directory.uai-known`."""
    return directory.open_structure(academy_id, place, opened_on, by=by, now=now)


@transaction.atomic(durable=True)
def change_structure(
    structure_id: int,
    fields: Mapping[str, str],
    days: tuple[date | None, date | None],
    successor_uai: str,
    *,
    by: str,
    now: datetime,
) -> None:
    """Use case: change an establishment. Raises as `directory.services.change_structure`."""
    directory.change_structure(structure_id, fields, days, successor_uai, by=by, now=now)


@transaction.atomic(durable=True)
def appoint_officer_of(
    account_id: int, service: ServiceSummary, *, by: str, now: datetime, reason: str
) -> None:
    """Use case: make the account an officer of the service, and tell its holder.

    Raises as `check_appointment`.
    """
    check_appointment(account_id, service)
    if identified(account_id).role != _OFFICER:
        give_role(account_id, _OFFICER, by=by, now=now, reason=reason)
    if appoint_officer(account_id, service.service_id, by=by, now=now, reason=reason):
        detail = f"Rôle : {ROLE_LABELS[_OFFICER]}, {service.code}."
        notify_owner(account_id, "role-changed", now=now, reason=reason, detail=detail)


def check_appointment(account_id: int, service: ServiceSummary) -> None:
    """Raises Refusal unless the account may be an officer of the service.

    `backoffice.officer-elsewhere` for another académie's; `backoffice.officer-otherwise`;
    `backoffice.role-not-active`: whoever activates an account later would hold the office.
    """
    if not is_account_in(account_id, service.academy_id):
        raise Refusal("backoffice.officer-elsewhere")
    if identified(account_id).role not in (AccountRole.AGENT, _OFFICER):
        raise Refusal("backoffice.officer-otherwise")
    account = presented(account_id)
    if account is None or account.state != AccountState.ACTIVE:
        raise Refusal("backoffice.role-not-active")


@transaction.atomic(durable=True)
def remove_officer_of(account_id: int, service_id: int, *, by: str, now: datetime) -> None:
    """Use case: remove an officer from a service; without any service, the role is agent again."""
    remaining = dismiss_officer(account_id, service_id, by=by, now=now)
    if not remaining and identified(account_id).role == _OFFICER:
        give_role(account_id, AccountRole.AGENT, by=by, now=now)


@transaction.atomic(durable=True)
def change_role(
    account_id: int,
    role: AccountRole,
    asker_id: int,
    *,
    by: str,
    now: datetime,
    reason: str,
    office_academy: int = 0,
) -> None:
    """Use case: change a role, and tell its holder; the other administrators too of one more among them.

    `office_academy`: the académie the asker's office is limited to, 0 for none.
    Raises as `check_role_change`.
    """
    check_role_change(account_id, role, asker_id, office_academy)
    account = presented(account_id)
    if account is None or account.role == role:
        return
    give_role(account_id, role, by=by, now=now, reason=reason)
    notify_owner(account_id, "role-changed", now=now, reason=reason, detail=f"Rôle : {ROLE_LABELS[role]}.")
    if role == _ADMINISTRATOR:
        others = accounts_with_role(_ADMINISTRATOR, limit=_MAX_TOLD, academy_id=account.academy_id)
        for other_id in others:
            if other_id not in (account_id, asker_id):
                detail = f"{account.name}, {account.username}."
                notify_owner(other_id, "administrator-named", now=now, reason=reason, detail=detail)


def check_role_change(account_id: int, role: AccountRole, asker_id: int, office_academy: int) -> None:
    """Raises Refusal unless the asker may give that role to that account.

    `backoffice.own-role`, `backoffice.role-unknown`; `backoffice.role-of-installation` when the account's
    office reaches further than the asker's; `backoffice.role-not-active`: whoever activates an account later
    would hold the office; `backoffice.role-needs-factor`: an administrator without a second factor.
    """
    if role not in ASSIGNABLE_ROLES:
        raise Refusal("backoffice.role-unknown")
    if account_id == asker_id:
        raise Refusal("backoffice.own-role")
    account = presented(account_id)
    if office_academy and account and account.spans_academies:
        raise Refusal("backoffice.role-of-installation")
    if role == AccountRole.AGENT or account is None:
        return
    if account.state != AccountState.ACTIVE:
        raise Refusal("backoffice.role-not-active")
    if role == _ADMINISTRATOR and not holds_second_factor(account_id):
        raise Refusal("backoffice.role-needs-factor")


@transaction.atomic(durable=True)
def record_journal_reading(by: str, *, now: datetime) -> None:
    """Use case: record that an administrator reads the journal, once an hour."""
    if not count_acts("backoffice.journal-read", by=by, since=now - _ONE_RECORD_PER):
        record("backoffice.journal-read", to="journal", by=by, at=now)


@transaction.atomic(durable=True)
def record_download(kind: str, about: str, *, by: str, now: datetime) -> None:
    """Use case: record the download of a file."""
    record("backoffice.file-taken", to=about, by=by, at=now, what=kind)


@transaction.atomic(durable=True)
def run_job_again(job_id: UUID, *, by: str, now: datetime) -> None:
    """Use case: have a failed job tried anew. Raises Refusal `backoffice.job-gone`."""
    job = _failed_job(job_id)
    if not job_services.run_failed_again(job_id):  # somebody else decided meanwhile
        raise Refusal("backoffice.job-gone")
    record("jobs.run-again", to=job_subject(job_id), by=by, at=now, **_facts(job))


@transaction.atomic(durable=True)
def give_job_up(job_id: UUID, reason: str, *, by: str, now: datetime) -> None:
    """Use case: delete a failed job, what it was to do left undone.

    Raises Refusal `backoffice.job-gone`; `backoffice.reason-missing` without a reason.
    """
    if not reason.strip():
        raise Refusal("backoffice.reason-missing", field="reason")
    job = _failed_job(job_id)
    if not job_services.delete_failed_job(job_id):
        raise Refusal("backoffice.job-gone")
    record("jobs.given-up", to=job_subject(job_id), by=by, at=now, reason=reason.strip()[:200], **_facts(job))


def _failed_job(job_id: UUID) -> FailedJob:
    job = job_queries.find_failed_job(job_id)
    if job is None:
        raise Refusal("backoffice.job-gone")
    return job


def _facts(job: FailedJob) -> dict[str, str | int]:
    return {"handler": job.handler, "attempts": job.attempts, "error": job.error}
