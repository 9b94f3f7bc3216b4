"""The process that serves `engines.dovecot.mail_agent`, as the mail's user.

`python -m … HOME [CLAMD [FILTER]]`. It reads no configuration, and no secret
but the key of the filter at that port, if there is one. CLAMD is « - » where there is no virus check.

On the machine of a pod, `… HOME CLAMD - ADDRESS PORT` serves other machines too, who know the installation's
password. The filter is not on that machine.
"""

import os
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Thread

from vaguemestre.engines.agent import Agent, Verb
from vaguemestre.engines.clamd import Clamd
from vaguemestre.engines.database.database_login import CREDENTIALS
from vaguemestre.engines.dovecot.copies.unexamined import nothing
from vaguemestre.engines.dovecot.mail_agent import socket_path, verbs
from vaguemestre.engines.dovecot.pods.pod_agent import PodAgent
from vaguemestre.engines.instance import Home, Place
from vaguemestre.engines.rspamd.late_judgement import LateJudgement
from vaguemestre.engines.system_users import user_ids
from vaguemestre.engines.tls.certificates import pod_pair
from vaguemestre.foundation.kernel import logs
from vaguemestre.processes.duties import openers_of
from vaguemestre.site import secrets

NONE = "-"


def main(home: Path, clamd: str = NONE, controller: str = NONE, address: str = "", port: str = "") -> None:
    logs.configure()
    os.umask(0o077)
    instance, users = Home(home), openers_of("mail-agent")
    scan = None if clamd == NONE else Clamd(clamd)
    judge = nothing if controller == NONE else _judgement(home, controller)
    erasers = user_ids({"vaguemestre-worker"})
    served = verbs(instance, user_ids(users), erasers, scan, judge)
    if address:
        abroad = _abroad(instance, (address, int(port)), served)
        Thread(target=abroad.serve_forever, name="abroad", daemon=True).start()
    Agent(socket_path(instance), served).serve_until_told()


def _judgement(home: Path, controller: str) -> LateJudgement:
    return LateJudgement(int(controller), secrets.path_of(home / "secrets", "filter_key"))


def _abroad(instance: Place, address: tuple[str, int], served: Mapping[str, Verb]) -> PodAgent:
    own = Path(os.environ[CREDENTIALS])
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(pod_pair(instance).certificate, own / "pod.key")
    return PodAgent(address, served, tls, (own / "doveadm_key").read_text(encoding="utf-8").strip())


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
