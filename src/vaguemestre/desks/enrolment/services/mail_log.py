"""Which steps were written about: tried again, nothing leaves twice."""

from datetime import datetime

from django.db import transaction

from vaguemestre.desks.enrolment.models import Step


@transaction.atomic(durable=True)
def note_applicant_mailed(step_id: int, *, now: datetime) -> None:
    Step.objects.filter(pk=step_id).update(applicant_mailed_at=now)


@transaction.atomic(durable=True)
def note_service_mailed(step_id: int, *, now: datetime) -> None:
    Step.objects.filter(pk=step_id).update(service_mailed_at=now)
