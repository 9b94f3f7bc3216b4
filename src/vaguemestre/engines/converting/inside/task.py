"""Run apart: a request to a module of `webmail.rules.tasks` on standard input, its answer on standard output.

Arguments: seconds of processor time, then the folders to import from. A line of JSON says how long each blob
after it is. Lines out are questions (`{"ask": …}`, answered by a line in) and at last `{"answer": …}`. The
kernel ends the process when its time is up (SIGPROF), whatever it is doing.
"""

import json
import signal
import sys
from importlib import import_module

signal.setitimer(signal.ITIMER_PROF, float(sys.argv[1]))
sys.path[:0] = sys.argv[2:]

from vaguemestre.mailbox.webmail.rules.tasks import Hopeless  # noqa: E402
from vaguemestre.mailbox.webmail.values import Task  # noqa: E402

given, told = sys.stdin.buffer, sys.stdout.buffer
answers: dict[tuple[str, str], str | None] = {}


def say(**what: object) -> None:
    told.write(json.dumps(what).encode("ascii") + b"\n")
    told.flush()


def ask(kind: str, what: str) -> str | None:
    if (kind, what) not in answers:
        say(ask=[kind, what])
        answers[kind, what] = json.loads(given.readline())
    return answers[kind, what]


request = json.loads(given.readline())
blobs = [given.read(length) for length in request["blobs"]]
try:
    work = import_module(f"vaguemestre.mailbox.webmail.rules.tasks.{Task(request['task']).value}")
    say(answer=work.perform(request["request"], blobs, ask))
except (Hopeless, RecursionError, MemoryError):
    say(refused=True)
