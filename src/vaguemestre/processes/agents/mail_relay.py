"""The mail agent of a front: judges who asks, and passes it on to the pod.

`python -m … HOME PORT NAME=ADDRESS…`. It serves the verbs of `engines.dovecot.mail_agent`, each
with the name of a pod (`put-script@p1`).
"""

import os
import ssl
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from vaguemestre.engines.agent import Agent, Verb
from vaguemestre.engines.database.database_login import CREDENTIALS
from vaguemestre.engines.dovecot.mail_agent import socket_path, verb_on, verbs
from vaguemestre.engines.dovecot.pods.pod_agent import PodAgents
from vaguemestre.engines.instance import Home
from vaguemestre.engines.system_users import user_ids
from vaguemestre.engines.tls import certificates
from vaguemestre.foundation.kernel import logs
from vaguemestre.processes.duties import openers_of


def relayed(agents: PodAgents, pods: Mapping[str, str], judged: Mapping[str, Verb]) -> dict[str, Verb]:
    """Each verb on each pod, for the users of that verb."""
    return {
        verb_on(name, pod): Verb(partial(agents.ask, pod, name), verb.users)
        for name, verb in judged.items()
        for pod in pods
    }


def main(home: Path, port: str, *pods: str) -> None:
    logs.configure()
    os.umask(0o077)
    instance, hosts = Home(home), dict(pod.split("=", 1) for pod in pods)
    tls = ssl.create_default_context(cafile=str(certificates.paths(instance).ca))
    password = (Path(os.environ[CREDENTIALS]) / "doveadm_key").read_text(encoding="utf-8").strip()
    agents = PodAgents(hosts, int(port), tls, password)
    judged = verbs(instance, user_ids(openers_of("mail-agent")), user_ids({"vaguemestre-worker"}))
    Agent(socket_path(instance), relayed(agents, hosts, judged)).serve_until_told()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
