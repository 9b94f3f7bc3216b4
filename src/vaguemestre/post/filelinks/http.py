"""Limits of shared files, from the configuration."""

from django.conf import settings

from vaguemestre.foundation.kernel.text.sizes import MEGABYTE
from vaguemestre.post.filelinks.values import FileLimits


def file_limits() -> FileLimits:
    files = settings.CONFIG.files
    return FileLimits(files.most_mb * MEGABYTE, files.most_in_all_mb * MEGABYTE, files.days, files.most_days)
