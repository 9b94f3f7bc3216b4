"""The process that serves `engines.dovecot.mail_agent`, as the mail's user. `python -m … HOME`.

It reads no configuration and no secret.
"""

import os
import sys
from pathlib import Path

from vaguemestre.engines.agent import Agent
from vaguemestre.engines.dovecot.mail_agent import socket_path, verbs
from vaguemestre.engines.instance import Home
from vaguemestre.engines.system_users import user_ids
from vaguemestre.foundation.kernel import logs
from vaguemestre.processes.duties import openers_of


def main(home: Path) -> None:
    logs.configure()
    os.umask(0o077)
    instance, users = Home(home), openers_of("mail-agent")
    erasers = user_ids({"vaguemestre-worker"})
    Agent(socket_path(instance), verbs(instance, user_ids(users), erasers)).serve_until_told()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
