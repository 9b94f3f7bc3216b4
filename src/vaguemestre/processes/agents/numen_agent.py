"""The service that alone, with the worker, holds the keys of NUMENs (ADR 0033). `python -m … HOME`.

It finds, seals and masks them, and discloses one to an officer of the person's service, which it journals.
"""

import sys
from pathlib import Path

from django.utils.module_loading import import_string

from vaguemestre.engines.agent import DatabaseAgent
from vaguemestre.engines.system_users import user_ids
from vaguemestre.processes.agents.agent_setup import set_up
from vaguemestre.processes.duties import DUTIES
from vaguemestre.site import numen_keys
from vaguemestre.site.agents.sockets import numen_socket

_THREADS = 8


def main(home: Path) -> None:
    config = set_up("vaguemestre.site.agents.numen_agent_settings", home)
    adapters = "vaguemestre.site.adapters.numens"
    verbs = import_string(f"{adapters}.verbs")(
        import_string(f"{adapters}.HeldNumens")(numen_keys.read(config.secrets_dir)),
        pages=user_ids({DUTIES["web"].user}),
        doors=user_ids({DUTIES["door"].user}),
    )
    DatabaseAgent(numen_socket(config), verbs, _THREADS).serve_until_told()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
