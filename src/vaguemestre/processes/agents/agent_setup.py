"""What a process does first that answers one right of the house from the database."""

import os
from pathlib import Path

import django
from django.conf import settings

from vaguemestre.foundation.kernel import logs
from vaguemestre.site.config import Config


def set_up(settings_module: str, home: Path | None = None) -> Config:
    """Set up logs and Django with those settings; what is written is for the process and its group.

    `home`: where the instance is; by default what the environment says. Returns its configuration.
    """
    logs.configure()
    os.umask(0o007)
    if home is not None:
        os.environ["VAGUEMESTRE_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = settings_module
    django.setup()
    config: Config = settings.CONFIG
    return config
