"""What the worker looks after."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.access.signin.ports import deliver_notice, letter_sender, send_outside
from vaguemestre.desks.enrolment import queries, services
from vaguemestre.desks.enrolment.events import RequestMoved
from vaguemestre.desks.enrolment.queries import StepToMail
from vaguemestre.desks.enrolment.rules.request_mail import applicant_mail, service_mail
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import Presented, is_closed, presented


def forget_old_proofs() -> None:
    """Each minute: proofs of requests closed long enough go."""
    services.forget_old_proofs(now=timezone.now())


def forget_person(event: PersonErased) -> None:
    """Their civil status is erased: nothing of theirs stays here."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id, event.person_id)


def write_to_applicant(event: RequestMoved) -> None:
    """A mail to the address of the request, once a step. Noted after it left: tried again, not lost."""
    now = timezone.now()
    step = queries.step_to_mail(event.step_id, now)
    if step is None or step.applicant_is_told:
        return
    sender, site = _sender(), settings.CONFIG.public_url
    content = applicant_mail(
        step.state, step.reference, step.service, to=step.to, sender=sender, site=site, at=step.at
    )
    if content is not None:
        send_outside.get()(sender, sender, [step.to], content)
        services.note_applicant_mailed(event.step_id, now=now)


def write_to_service(event: RequestMoved) -> None:
    """A notice in the inbox of each officer of the service; to the service's address if it has no officer."""
    now = timezone.now()
    step = queries.step_to_mail(event.step_id, now)
    if step is None or step.service_is_told:
        return
    sender = _sender()
    addresses = [(account.mailbox, account.address) for account in _officers(step)]
    for mailbox, to in addresses:
        if notice := _notice(step, to, sender):
            deliver_notice.get()(mailbox, notice[1], notice[0], step.at)
    if not addresses and step.service.address and (notice := _notice(step, step.service.address, sender)):
        send_outside.get()(sender, sender, [step.service.address], notice[1])
    services.note_service_mailed(event.step_id, now=now)


def _officers(step: StepToMail) -> list[Presented]:
    """Those whose inbox can be written to now."""
    accounts = [presented(account_id) for account_id in step.officers]
    return [one for one in accounts if one and one.state == "active" and not one.mail_held_since]


def _notice(step: StepToMail, to: str, sender: str) -> tuple[str, bytes] | None:
    return service_mail(
        step.state, step.request_id, step.reference, step.service.name,
        to=to, sender=sender, site=settings.CONFIG.public_url, at=step.at,
    )  # fmt: skip


def _sender() -> str:
    return letter_sender.get()(settings.CONFIG.academy.domain, now=timezone.now())
