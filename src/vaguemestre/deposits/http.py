"""How much may be left, as the configuration says."""

from django.conf import settings

from vaguemestre.deposits.values import Room
from vaguemestre.kernel.sizes import MEGABYTE


def room() -> Room:
    chosen = settings.CONFIG.files
    return Room(chosen.most_mb * MEGABYTE, chosen.most_in_all_mb * MEGABYTE, chosen.days, chosen.most_days)
