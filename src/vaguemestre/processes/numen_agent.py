"""The service that alone, with the worker, holds the keys of NUMENs (ADR 0033). `python -m … HOME`.

It finds, seals and masks them, and discloses one to an officer of the person's service, which it journals.
"""

import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.utils.module_loading import import_string

from vaguemestre.engines.agent import DatabaseAgent
from vaguemestre.engines.system_users import user_ids
from vaguemestre.foundation.kernel import logs
from vaguemestre.processes.duties import DUTIES
from vaguemestre.site import numen_keys
from vaguemestre.site.agents import numen_socket

_THREADS = 8


def main(home: Path) -> None:
    logs.configure()
    os.umask(0o007)
    os.environ["VAGUEMESTRE_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "vaguemestre.site.numen_agent_settings"
    django.setup()
    config, adapters = settings.CONFIG, "vaguemestre.site.adapters.numens"
    verbs = import_string(f"{adapters}.verbs")(
        import_string(f"{adapters}.HeldNumens")(numen_keys.read(config.secrets_dir)),
        pages=user_ids({DUTIES["web"].user}),
        doors=user_ids({DUTIES["door"].user}),
    )
    DatabaseAgent(numen_socket(config), verbs, _THREADS).serve_until_told()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
