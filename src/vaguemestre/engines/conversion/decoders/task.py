"""Run in the sandbox: a request to `perform` of one of our modules on stdin, its answer on stdout.

Arguments: seconds of processor time, then the folders to import from. The first line of JSON gives the length
of each blob that follows it. Output lines are questions (`{"ask": …}`, answered by a line on stdin), then
`{"answer": …}`. The kernel ends the process when its processor time is up (SIGPROF).
"""

import json
import signal
import sys
from importlib import import_module

signal.setitimer(signal.ITIMER_PROF, float(sys.argv[1]))
sys.path[:0] = sys.argv[2:]

from vaguemestre.mailbox.webmail.rules.tasks import Hopeless  # noqa: E402

stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
answers: dict[tuple[str, str], str | None] = {}


def send(**message: object) -> None:
    stdout.write(json.dumps(message).encode("ascii") + b"\n")
    stdout.flush()


def ask(kind: str, subject: str) -> str | None:
    if (kind, subject) not in answers:
        send(ask=[kind, subject])
        answers[kind, subject] = json.loads(stdin.readline())
    return answers[kind, subject]


request = json.loads(stdin.readline())
blobs = [stdin.read(length) for length in request["blobs"]]
try:
    send(answer=import_module(request["module"]).perform(request["request"], blobs, ask))
except (Hopeless, RecursionError, MemoryError):
    send(refused=True)
