"""Record of the mails sent about steps, so that a retry sends none twice."""

from datetime import datetime

from django.db import transaction

from vaguemestre.desks.enrolment.models import Step


@transaction.atomic(durable=True)
def record_applicant_mail(step_id: int, *, now: datetime) -> None:
    Step.objects.filter(pk=step_id).update(applicant_mailed_at=now)


@transaction.atomic(durable=True)
def record_service_mail(step_id: int, *, now: datetime) -> None:
    Step.objects.filter(pk=step_id).update(service_mailed_at=now)
