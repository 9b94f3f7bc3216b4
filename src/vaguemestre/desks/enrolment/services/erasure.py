"""What is forgotten with somebody whose civil status is erased."""

from django.db import transaction

from vaguemestre.desks.enrolment.models import NumenRequest, Officer


@transaction.atomic(durable=True)
def forget_person(account_id: int, person_id: int) -> None:
    """Use case: what they asked with its proofs, and the services they answered for."""
    NumenRequest.objects.filter(person_id=person_id).delete()
    Officer.objects.filter(account_id=account_id).delete()
