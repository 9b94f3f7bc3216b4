"""Erasure of a person's data in enrolment (GDPR art. 17)."""

from django.db import transaction

from vaguemestre.desks.enrolment.models import NumenRequest, Officer


@transaction.atomic(durable=True)
def forget_person(account_id: int, person_id: int) -> None:
    """Use case: delete their requests with the proofs, and what made them an officer of services."""
    NumenRequest.objects.filter(person_id=person_id).delete()
    NumenRequest.objects.filter(assignee_id=account_id).update(assignee=None)
    Officer.objects.filter(account_id=account_id).delete()
