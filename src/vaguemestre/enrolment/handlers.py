"""What the worker looks after."""

from django.utils import timezone

from vaguemestre.enrolment import services


def forget_old_proofs() -> None:
    """Each minute: proofs of requests closed long enough go."""
    services.forget_old_proofs(now=timezone.now())
