"""The process that serves `engines.dovecot.mail_agent`, as the mail's user.

`python -m … HOME [CLAMD [FILTER]]`. It reads no configuration, and no secret
but the key of the filter at that port, if there is one.
"""

import os
import sys
from pathlib import Path

from vaguemestre.engines.agent import Agent
from vaguemestre.engines.clamd import Clamd
from vaguemestre.engines.database.database_login import CREDENTIALS
from vaguemestre.engines.dovecot.copies.unexamined import away, nothing
from vaguemestre.engines.dovecot.mail_agent import socket_path, verbs
from vaguemestre.engines.instance import Home
from vaguemestre.engines.rspamd.late_judgement import LateJudgement
from vaguemestre.engines.system_users import user_ids
from vaguemestre.foundation.kernel import logs
from vaguemestre.processes.duties import openers_of


def main(home: Path, clamd: str = "", port: str = "") -> None:
    logs.configure()
    os.umask(0o077)
    instance, users = Home(home), openers_of("mail-agent")
    scan = Clamd(clamd) if clamd else away
    judge = LateJudgement(int(port), Path(os.environ[CREDENTIALS]) / "filter_key") if port else nothing
    erasers = user_ids({"vaguemestre-worker"})
    Agent(socket_path(instance), verbs(instance, user_ids(users), erasers, scan, judge)).serve_until_told()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
