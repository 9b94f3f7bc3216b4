"""How much may be left, as the configuration says."""

from django.conf import settings

from vaguemestre.deposits.values import Room


def room() -> Room:
    chosen = settings.CONFIG.files
    return Room(chosen.most_mb * 1_000_000, chosen.most_in_all_mb * 1_000_000, chosen.days, chosen.most_days)
