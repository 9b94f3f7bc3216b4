"""Least privilege on a running instance: who runs as whom, what a taken `web` cannot do."""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from tests import taken
from tests.journeys.conftest import PROJECT, Instance

from vaguemestre.processes.database_rights import ROLES
from vaguemestre.processes.duties import DUTIES
from vaguemestre.processes.supervisor import process_table
from vaguemestre.processes.supervisor.rights import prefix
from vaguemestre.site.config import load

pytestmark = pytest.mark.engines

# Dovecot's, Postfix's and rspamd's masters start their own processes as the users of their configurations.
ROOTS = {"dovecot", "postfix", "rspamd", "queue-agent"}

ENGINE_SOCKETS = ("doveadm-server", "auth-userdb", "auth-sasl", "lmtp")


def as_web(attempts: Sequence[Sequence[object]]) -> list[list[object]]:
    """Those of the attempts that a program with the rights of `web` carries out."""
    return as_duty("web", attempts)


def as_duty(name: str, attempts: Sequence[Sequence[object]]) -> list[list[object]]:
    """Those of the attempts that a program with the rights of that duty carries out."""
    ended = subprocess.run(
        [*prefix(DUTIES[name]), sys.executable, "-c", taken.PROGRAM + taken.ASKED],
        input=json.dumps(attempts), env={"PATH": os.environ["PATH"]}, cwd="/",
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    done: list[list[object]] = json.loads(ended.stdout)
    return done


def children(instance: Instance) -> list[dict[str, Any]]:
    record = json.loads((instance.home / "run/children.json").read_text())
    found: list[dict[str, Any]] = [child for child in record["children"] if child["pid"]]
    return found


def sign_in(instance: Instance, who: dict[str, Any]) -> str:
    """Sign in as a browser does; the secret that its cookie holds."""
    jar = CookieJar()
    browser = build_opener(HTTPCookieProcessor(jar))
    form = browser.open(f"{instance.web}/alogin", timeout=60).read().decode()
    mark = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert mark
    fields = {"csrfmiddlewaretoken": mark[1], "username": who["username"], "secret": who["password"]}
    browser.open(f"{instance.web}/alogin", urlencode(fields).encode(), timeout=60)
    return next(cookie.value for cookie in jar if cookie.name.startswith("vaguemestre_") and cookie.value)


def owner(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def pid_of(instance: Instance, name: str) -> int:
    return next(int(child["pid"]) for child in children(instance) if child["name"] == name)


def files_below(*folders: Path) -> Iterator[str]:
    for folder in folders:
        yield from (str(path) for path in folder.rglob("*") if path.is_file())


def test_no_process_of_ours_is_root(instance: Instance) -> None:
    roots = []
    for child in children(instance):
        family = [child["pid"], *(process.pid for process in process_table.descendants(child["pid"]))]
        roots += [child["name"] for pid in family if owner(pid) == 0]
    assert {"web", "door", "worker", "gate", "front", "mail-agent"} <= {c["name"] for c in children(instance)}
    assert set(roots) <= ROOTS


def test_each_duty_runs_as_its_own_user_and_gains_no_rights(instance: Instance) -> None:
    for child in children(instance):
        duty = DUTIES.get(child["name"])
        if duty is None:
            continue
        status = dict(
            line.split(":\t", 1) for line in Path(f"/proc/{child['pid']}/status").read_text().splitlines()
        )
        assert status["NoNewPrivs"] == "1", child["name"]
        if not duty.is_root:
            assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0, child["name"]


def test_a_taken_web_process_reads_no_secret_but_its_own(instance: Instance) -> None:
    home = instance.home
    credentials = home / "run/credentials"
    shared = {name for name, duty in DUTIES.items() if duty.user == DUTIES["web"].user}
    assert {DUTIES[name].secrets for name in shared} == {DUTIES["web"].secrets}  # the same, for the same user
    others = [folder for folder in credentials.iterdir() if folder.name not in shared]
    secret = [
        *files_below(home / "secrets", *others),
        *(str(path) for path in (home / "engines/tls").glob("*.key")),
        str(home / "run/ready.json"),
        str(home / "engines/dovecot/dovecot.conf"),
        str(home / "engines/dovecot/push.lua"),
        str(home / "engines/dovecot/throttle-ask.lua"),
        "/etc/shadow",
    ]
    assert len(secret) > 40
    assert as_web([["read", path] for path in secret]) == []
    own = [["read", path] for path in files_below(credentials / "web")]
    assert own
    assert as_web(own) == own  # and the attempts are real


def test_who_writes_to_whom_is_read_in_the_logs_by_the_collector_alone(instance: Instance) -> None:
    logs = [["read", path] for path in files_below(instance.home / "logs") if Path(path).stat().st_size]
    assert {Path(path).name for _, path in logs} >= {"postfix.log", "dovecot.log"}
    readers = {name for name, duty in DUTIES.items() if not duty.is_root and as_duty(name, logs)}
    assert readers == {"collector"}
    assert as_duty("collector", logs) == logs


def test_a_taken_web_process_sees_nobodys_mail_on_the_disk(instance: Instance) -> None:
    mail = instance.home / "mail"
    folders = [str(path) for path in (mail, *mail.glob("*"), *list(mail.glob("*/*"))[:5])]
    letters = list(files_below(*list(mail.glob("*/*"))[:5]))[:20]
    assert letters
    attempts = [["listed", path] for path in folders] + [["read", path] for path in letters]
    assert as_web(attempts) == []


def test_a_taken_web_process_changes_no_program_and_no_configuration(instance: Instance) -> None:
    home = instance.home
    files = [
        *files_below(home / "engines/dovecot", home / "engines/nginx", home / "static"),
        *(str(home / "engines/postfix" / name) for name in ("main.cf", "master.cf")),
        str(home / "vaguemestre.toml"),
        str(home / "run/children.json"),
        str(home / "run/gate.heartbeat"),
        str(PROJECT / "src/vaguemestre/__init__.py"),
    ]
    folders = ("", "run", "run/d", "run/credentials", "secrets", "logs", "static", "engines", "engines/tls")
    attempts = [["write", path] for path in files]
    attempts += [["make", str(home / folder / "intruder")] for folder in folders]
    assert as_web(attempts) == []
    assert as_web([["make", str(home / "data/own")]])  # where it does write


def test_a_taken_web_process_opens_no_socket_of_root_and_asks_little(
    instance: Instance,
) -> None:
    sockets = instance.home / "run/d"
    agent = str(sockets / "mail-agent/s")
    attempts = [
        *(
            ["connect", str(sockets / name)]
            for name in ("doveadm-server", "auth-userdb", "auth-sasl", "lmtp")
        ),
        ["answered", str(sockets / "policy/milter"), "\0\0\0\rO\0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff"],
        ["granted", agent, "erase", "nobody@ac-amiens.test"],
        ["granted", agent, "fetch", "text", "cdelattre@ac-amiens.test"],
        ["granted", str(sockets / "queue-agent/s"), "discard", "ALL"],
        ["granted", str(sockets / "queue-agent/s"), "delete", "ABCDEF12"],
    ]
    assert as_web(attempts) == []
    assert as_web([["granted", agent, "quota", "cdelattre@ac-amiens.test"]])  # what the help desk shows


def test_a_taken_web_process_mints_for_those_who_are_here_and_for_nobody_else(instance: Instance) -> None:
    secret = sign_in(instance, instance.account("teacher"))
    here, stranger = (
        f"{instance.account(role)['username']}@ac-amiens.test" for role in ("teacher", "colleague")
    )
    service = str(instance.home / "run/d/token-agent/s")
    attempts = [
        ["minted", service, "job", stranger],
        ["minted", service, "job", here],
        ["minted", service, "session", stranger, secret],
        ["minted", service, "session", here, hashlib.sha256(secret.encode()).hexdigest()],
        ["minted", service, "session", here, ""],
        ["minted", service, "program", "x" * 43],
    ]
    assert as_web(attempts) == []
    assert as_web([["minted", service, "session", here, secret]])


@pytest.mark.skipif(load().database.engine != "postgresql", reason="this run is on SQLite")
def test_a_taken_web_process_opens_no_session_and_is_no_other_role(instance: Instance) -> None:
    server = load(instance.home).database
    held = (instance.home / "run/credentials/web/database").read_text()
    own = {
        "host": server.host, "port": server.port, "dbname": server.name,
        "user": f"{server.user}_web", "password": held,
    }  # fmt: skip
    roles = (server.user, "postgres", *(f"{server.user}_{role}" for role in ROLES if role != "web"))
    attempts: list[list[object]] = [
        ["entered", {**own, "user": role, **otherwise}]
        for role in roles
        for otherwise in ({}, {"password": ""}, {"host": "/var/run/postgresql"})
    ]
    digest = hashlib.sha256(b"mine").hexdigest()
    attempts += [
        ["ran", own, statement.format(digest=digest, owner=server.user)] for statement in taken.FORGERIES
    ]
    assert as_web(attempts) == []
    assert as_web([["entered", own], ["ran", own, "SELECT count(*) FROM signin_browsersession"]])


def test_a_taken_web_process_opens_no_numen(instance: Instance) -> None:
    secret = sign_in(instance, instance.account("teacher"))  # who is no officer
    service = str(instance.home / "run/d/numen-agent/s")
    sealed = base64.b64encode(b"0" * 8 + bytes(40)).decode()
    attempts = [
        ["granted", service, "unseal", secret, sealed, "numen"],
        ["granted", service, "unseal", secret, sealed, "feed line"],
        ["granted", service, "mask", secret, sealed],
        *(["granted", service, "disclose", shown, "1", "screen"] for shown in (secret, "")),
    ]
    assert as_web(attempts) == []
    assert as_web([["granted", service, "digest", "20E9501234ABC"]])  # who types one is found


def test_a_taken_web_process_touches_no_other_and_gains_nothing(instance: Instance) -> None:
    others = [str(pid_of(instance, name)) for name in ("gate", "worker", "door", "dovecot", "mail-agent")]
    attempts = [["signalled", pid] for pid in others] + [["become_root", ""]]
    assert as_web(attempts) == []
