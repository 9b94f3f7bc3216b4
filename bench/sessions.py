"""What a thousand people signed in cost in memory. See README.md.

PYTHONPATH=src .venv/bin/python bench/sessions.py --home HOME [--count 1000] [--letters 60]
"""

import argparse
import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]

from bench import loading, people, run  # noqa: E402
from bench.bare import Bare  # noqa: E402
from bench.web import Browser  # noqa: E402

from vaguemestre.demo.letters import Writer  # noqa: E402

_LIST = "/messagerie/INBOX/lignes/"


def main() -> None:
    asked = _arguments()
    ready = json.loads((asked.home / "run" / "ready.json").read_text())
    os.environ.update(VAGUEMESTRE_HOME=str(asked.home), DJANGO_SETTINGS_MODULE="vaguemestre.site.settings")
    everybody = people.ready(datetime.now(UTC), asked.count)
    for person in everybody:
        bare = Bare((ready["host"], ready["ports"]["imap"]), person.mailbox, person.app_password)
        loading.fill(bare, Writer(person.name, person.address), asked.letters, seed=11)
        bare.close()
    _say(asked.home, "before")
    browsers = []
    for number, person in enumerate(everybody):
        # each from a network of its own, as people are
        network = f"127.1.{number // 250}.{number % 250 + 1}"
        browser = Browser("127.0.0.1", int(ready["web"].rpartition(":")[2]), source=network)
        browser.sign_in(person.username, people.PASSWORD)
        browsers.append(browser)
        for path in ("/messagerie/", _LIST):
            answer = browser.get(path, HX_Request="true")
            assert answer.status == 200, (number, path, answer.status, answer.head)
    _say(asked.home, f"{asked.count} signed in, each has its list")
    time.sleep(180)
    _say(asked.home, "three minutes later, nobody asking anything")


def _say(home: Path, when: str) -> None:
    pids = {name: run.pids_of(home, mark) for name, mark in (("web", run.WEB), ("Dovecot", "dovecot"))}
    told = ", ".join(f"{name} {sum(map(run.pss, found)) / 1024:.0f}" for name, found in pids.items())
    print(f"{when}: {told} MiB (PSS)", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--letters", type=int, default=60)
    return parser.parse_args()


if __name__ == "__main__":
    main()
