"""The token service, which alone holds the key of mail tokens (ADR 0032). `python -m … HOME`.

It signs for whoever shows the secret of a session or the key of a program, and for the worker.
"""

import sys
from pathlib import Path

from django.utils.module_loading import import_string

from vaguemestre.engines.agent import DatabaseAgent
from vaguemestre.engines.projection.backend import mail_directory
from vaguemestre.engines.system_users import user_ids
from vaguemestre.people.credentials.rules.tokens import keys_from
from vaguemestre.processes.agents.agent_setup import set_up
from vaguemestre.processes.duties import DUTIES
from vaguemestre.site import secrets
from vaguemestre.site.agents.sockets import token_socket

_THREADS = 16


def main(home: Path) -> None:
    config = set_up("vaguemestre.site.agents.agent_settings", home)
    import_string("vaguemestre.people.provisioning.ports.mail_directory").plug(mail_directory(config))
    keys = keys_from(secrets.read(config.secrets_dir, "token_key.pem"), config.public_url)
    adapters = "vaguemestre.site.adapters.mail_tokens"
    verbs = import_string(f"{adapters}.verbs")(
        import_string(f"{adapters}.SignedTokens")(keys),
        pages=user_ids({DUTIES["web"].user, DUTIES["door"].user}),
        jobs=user_ids({DUTIES["worker"].user}),
    )
    DatabaseAgent(token_socket(config), verbs, _THREADS).serve_until_told()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
