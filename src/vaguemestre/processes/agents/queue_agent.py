"""The process that serves `engines.postfix.queue_agent`, as root. `python -m … HOME`.

It reads no configuration and no secret.
"""

import os
import sys
from pathlib import Path

from vaguemestre.engines.agent import Agent
from vaguemestre.engines.instance import Home
from vaguemestre.engines.postfix.queue_agent import socket_path, verbs
from vaguemestre.engines.system_users import user_ids
from vaguemestre.foundation.kernel import logs
from vaguemestre.processes.duties import DUTIES, openers_of


def main(home: Path) -> None:
    logs.configure()
    os.umask(0o077)
    instance, counter = Home(home), DUTIES["metrics"].user
    users = user_ids(openers_of("queue-agent") - {counter})
    Agent(socket_path(instance), verbs(instance, users, user_ids({counter}))).serve_until_told()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
