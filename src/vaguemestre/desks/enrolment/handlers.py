"""Event handlers of NUMEN requests."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.access.signin.ports import deliver_notice, letter_sender, send_outside
from vaguemestre.desks.enrolment import queries, services
from vaguemestre.desks.enrolment.events import RequestMoved
from vaguemestre.desks.enrolment.queries import StepNotice
from vaguemestre.desks.enrolment.rules.request_mail import ServiceNotice, applicant_mail, service_mail
from vaguemestre.foundation.ui.academy import academy_of_address
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import Presented, is_closed, presented
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory.events import PeopleChanged
from vaguemestre.people.directory.queries import person_of
from vaguemestre.people.intake.events import PersonTransferred
from vaguemestre.people.paragraphs.queries import paragraph_for
from vaguemestre.people.paragraphs.values import LetterKind


def delete_old_proofs() -> None:
    """Delete the proofs of requests closed long ago, then the requests. Runs every minute."""
    periods, now = settings.CONFIG.retention, timezone.now()
    services.delete_old_proofs(periods.numen_proofs_days, now=now)
    services.delete_old_requests(periods.numen_requests_days, now=now)


def forget_person(event: PersonErased) -> None:
    """Delete what this room holds about a person whose civil status was erased."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id, event.person_id)


def follow_people(event: PeopleChanged) -> None:
    """Have the requests whose letter is due follow their person to another service."""
    services.follow_people(event.person_ids, by="system", now=timezone.now())


def leave_services(event: PersonTransferred) -> None:
    """Remove an officer from the services of the académie they left. Idempotent."""
    academy_id = person_of(event.person_id).academy_id
    services.leave_services(event.account_id, academy_id, by="system", now=timezone.now())


def mail_applicant(event: RequestMoved) -> None:
    """Mail the applicant once per step. Recorded after sending, so a failure is retried."""
    now = timezone.now()
    step = queries.step_to_mail(event.step_id, now)
    if step is None or step.applicant_notified:
        return
    sender, site = _sender(step), settings.CONFIG.site_of(_domain_of(step))
    content = applicant_mail(
        step.state, step.reference, step.service, to=step.to, sender=sender, site=site, at=step.at,
        paragraph=paragraph_for(LetterKind.NUMEN_REQUEST, _domain_of(step)),
    )  # fmt: skip
    if content is not None:
        send_outside.get()(sender, sender, [step.to], content)
        services.record_applicant_mail(event.step_id, now=now)


def notify_service(event: RequestMoved) -> None:
    """Notify each officer of the service in their inbox, or the service's address if it has none."""
    now = timezone.now()
    step = queries.step_to_mail(event.step_id, now)
    if step is None or step.service_notified:
        return
    sender = _sender(step)
    addresses = [(account.mailbox, account.address) for account in _officers(step)]
    for mailbox, to in addresses:
        if notice := _notice(step, to, sender):
            deliver_notice.get()(mailbox, notice.content, notice.message_id, step.at)
    if not addresses and step.service.address and (notice := _notice(step, step.service.address, sender)):
        send_outside.get()(sender, sender, [step.service.address], notice.content)
    services.record_service_mail(event.step_id, now=now)


def _officers(step: StepNotice) -> list[Presented]:
    """The officers of the service whose inbox accepts mail."""
    accounts = [presented(account_id) for account_id in step.officers]
    return [
        account
        for account in accounts
        if account and account.state == AccountState.ACTIVE and not account.mail_held_since
    ]


def _notice(step: StepNotice, to: str, sender: str) -> ServiceNotice | None:
    return service_mail(
        step.state, step.request_id, step.reference, step.service.name,
        to=to, sender=sender, site=settings.CONFIG.site_of(_domain_of(step)), at=step.at,
    )  # fmt: skip


def _sender(step: StepNotice) -> str:
    return letter_sender.get()(_domain_of(step), now=timezone.now())


def _domain_of(step: StepNotice) -> str:
    """Mail domain of the service's académie; that of the principal one if the service has no address."""
    return str(academy_of_address(step.service.address).domain)
