"""Birth dates that somebody of the service may have."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone

from vaguemestre.foundation.kernel.times import paris_day

_MIN_AGE_DAYS, _MAX_AGE_DAYS = 15 * 365, 100 * 366


def checked_birth_date(birth_date: date) -> date:
    """The date, as given. Raises ValidationError for an age at which nobody serves."""
    if not _MIN_AGE_DAYS < (paris_day(timezone.now()) - birth_date).days < _MAX_AGE_DAYS:
        raise ValidationError("Vérifiez l’année de naissance.")
    return birth_date
