"""The process that serves `engines.dovecot.mail_agent`, as the mail's user. `python -m … HOME [CLAMD]`.

It reads no configuration and no secret.
"""

import os
import sys
from pathlib import Path

from vaguemestre.engines.agent import Agent
from vaguemestre.engines.clamd import Clamd
from vaguemestre.engines.dovecot.copies.unexamined import away
from vaguemestre.engines.dovecot.mail_agent import socket_path, verbs
from vaguemestre.engines.instance import Home
from vaguemestre.engines.system_users import user_ids
from vaguemestre.foundation.kernel import logs
from vaguemestre.processes.duties import openers_of


def main(home: Path, clamd: str = "") -> None:
    logs.configure()
    os.umask(0o077)
    instance, users = Home(home), openers_of("mail-agent")
    scan = Clamd(clamd) if clamd else away
    erasers = user_ids({"vaguemestre-worker"})
    Agent(socket_path(instance), verbs(instance, user_ids(users), erasers, scan)).serve_until_told()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
