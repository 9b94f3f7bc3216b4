"""How much may be left, as the configuration says."""

from django.conf import settings

from vaguemestre.foundation.kernel.sizes import MEGABYTE
from vaguemestre.post.filelinks.values import Room


def room() -> Room:
    chosen = settings.CONFIG.files
    return Room(chosen.most_mb * MEGABYTE, chosen.most_in_all_mb * MEGABYTE, chosen.days, chosen.most_days)
