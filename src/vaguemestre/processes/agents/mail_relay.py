"""The mail agent of a front: judges who asks, and passes it on to the pod.

`python -m … HOME PORT FILTER NAME=ADDRESS…`. It serves the verbs of `engines.dovecot.mail_agent`, each
with the name of a pod (`put-script@p1`). FILTER: port of the filter's controller, which judges what arrived
while it was away; « - » where there is none.
"""

import os
import ssl
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from vaguemestre.engines.agent import Agent, Verb
from vaguemestre.engines.database.database_login import CREDENTIALS
from vaguemestre.engines.dovecot.copies.unexamined import Judge
from vaguemestre.engines.dovecot.mail_agent import FILTER_VERBS, socket_path, verb_on, verbs
from vaguemestre.engines.dovecot.pods.late_examination import examine_copies
from vaguemestre.engines.dovecot.pods.pod_agent import PodAgents
from vaguemestre.engines.instance import Home
from vaguemestre.engines.rspamd.late_judgement import LateJudgement
from vaguemestre.engines.system_users import user_ids
from vaguemestre.engines.tls import certificates
from vaguemestre.foundation.kernel import logs
from vaguemestre.processes.agents.mail_agent import NONE
from vaguemestre.processes.duties import openers_of
from vaguemestre.site import secrets


def relay_verbs(
    agents: PodAgents, pods: Mapping[str, str], judged: Mapping[str, Verb], judge: Judge | None = None
) -> dict[str, Verb]:
    """Each verb on each pod, for the users of that verb. `judge`: the filter of this machine."""

    def act(name: str, pod: str) -> Callable[..., object]:
        if name == "examine-copies" and judge:
            return partial(examine_copies, agents, judge, pod)
        return partial(agents.ask, pod, name)

    return {
        verb_on(name, pod): Verb(act(name, pod), verb.users)
        for name, verb in judged.items()
        for pod in pods
        if name not in FILTER_VERBS
    }


def main(home: Path, port: str, controller: str, *pods: str) -> None:
    logs.configure()
    os.umask(0o077)
    instance, hosts = Home(home), dict(pod.split("=", 1) for pod in pods)
    tls = ssl.create_default_context(cafile=str(certificates.paths(instance).ca))
    password = (Path(os.environ[CREDENTIALS]) / "doveadm_key").read_text(encoding="utf-8").strip()
    agents = PodAgents(hosts, int(port), tls, password)
    local_verbs = verbs(instance, user_ids(openers_of("mail-agent")), user_ids({"vaguemestre-worker"}))
    judge = None
    if controller != NONE:
        judge = LateJudgement(int(controller), secrets.path_of(home / "secrets", "filter_key"))
    Agent(socket_path(instance), relay_verbs(agents, hosts, local_verbs, judge)).serve_until_told()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
