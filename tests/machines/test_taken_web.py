"""Somebody took the process of the pages: under its very unit, what it must not reach it does not reach."""

import json
from collections.abc import Sequence

import pytest
from tests import taken
from tests.machines import academy
from tests.machines.academy import Agent
from tests.machines.machine import Machine

pytestmark = [pytest.mark.machines, pytest.mark.timeout(7200)]

HOME = "/var/lib/vaguemestre"
SOCKETS = f"{HOME}/run/d"
OTHERS = ("door", "gate", "worker", "token-agent", "mail-agent", "dovecot", "postfix")
ENGINES = ("doveadm-server", "auth-userdb", "auth-sasl", "lmtp")
# What holds keys, mail, and who writes to whom.
SECRET = (
    f"find {HOME}/secrets {HOME}/logs {HOME}/engines/dkim {HOME}/mail /srv/tls /etc/shadow"
    f" {HOME}/engines/dovecot/dovecot.conf {HOME}/engines/tls -type f -not -name '*.pem'"
    " -size +0 | head -n 200"
)
EXPECTED = "\nassert (done := carried_out(json.loads({attempts!r}))) == json.loads({expected!r}), done\n"
DATABASE = """
import hashlib
from pathlib import Path
from vaguemestre.site.config import load

server, held = load().database, Path(os.environ["CREDENTIALS_DIRECTORY"], "database").read_text()
own = {"host": server.host, "port": server.port, "dbname": server.name,
       "user": f"{server.user}_web", "password": held}
attempts = [
    ["entered", {**own, "user": role, **otherwise}]
    for role in ROLES for otherwise in ({}, {"password": ""}, {"host": "/var/run/postgresql"})
]
digest = hashlib.sha256(b"mine").hexdigest()
attempts += [["ran", own, statement.format(digest=digest, owner=server.user)] for statement in FORGERIES]
assert [attempt[0] for attempt in carried_out(attempts)] == [], "a session, or another role"
real = [["entered", own], ["ran", own, "SELECT count(*) FROM signin_browsersession"]]
assert carried_out(real) == real, "these attempts are not real"
"""


def carries_out(
    machine: Machine, attempts: Sequence[Sequence[object]], expected: Sequence[Sequence[object]] = ()
) -> None:
    """Fails unless the pages' process carries out those, and no other of the attempts."""
    told = EXPECTED.format(attempts=json.dumps(attempts), expected=json.dumps(expected))
    academy.run_under_unit(machine, "web", taken.PROGRAM + told)


def test_it_reads_no_key_no_mail_and_no_log(installed: Machine, agents: tuple[Agent, ...]) -> None:
    files = installed.must("sh", "-c", SECRET).split()
    assert len(files) > 20
    folders = [f"{HOME}/{name}" for name in ("secrets", "mail", "logs", "upgrade")]
    attempts = [["read", path] for path in files] + [["listed", path] for path in folders]
    own = [["read", "/run/credentials/essai.service/database"]]
    carries_out(installed, [*attempts, *own], own)


def test_it_changes_no_program_and_no_configuration(installed: Machine) -> None:
    files = (
        "/etc/vaguemestre/environment", "/etc/vaguemestre/vaguemestre.toml", "/usr/local/bin/vaguemestre",
        "/etc/systemd/system/vaguemestre-web.service", "/opt/vaguemestre/current/src/vaguemestre/__init__.py",
        f"{HOME}/engines/postfix/main.cf", f"{HOME}/run/gate.heartbeat",
    )  # fmt: skip
    folders = ("/etc/systemd/system", "/opt/vaguemestre", "/usr/local/bin", HOME, f"{HOME}/run", SOCKETS)
    attempts = [["write", path] for path in files]
    attempts += [["make", f"{folder}/intruder"] for folder in folders]
    own = [["make", f"{HOME}/data/own"]]
    carries_out(installed, [*attempts, *own], own)


def test_it_mints_for_no_stranger_and_asks_agents_little(
    installed: Machine, agents: tuple[Agent, ...]
) -> None:
    stranger, agent = agents[0].address, f"{SOCKETS}/mail-agent/s"
    own = [["granted", agent, "quota", stranger]]
    attempts = [
        *(
            ["connect", f"{SOCKETS}/{name}"]
            for name in ("doveadm-server", "auth-userdb", "auth-sasl", "lmtp")
        ),
        ["minted", f"{SOCKETS}/token-agent/s", "job", stranger],
        ["minted", f"{SOCKETS}/token-agent/s", "session", stranger, ""],
        ["minted", f"{SOCKETS}/token-agent/s", "program", "x" * 43],
        ["granted", agent, "erase", "nobody@ac-essai.test"],
        ["granted", agent, "fetch", "text", stranger],
        ["granted", f"{SOCKETS}/queue-agent/s", "discard", "ALL"],
        ["granted", f"{SOCKETS}/numen-agent/s", "disclose", "", "1", "screen"],
    ]
    carries_out(installed, [*attempts, *own], own)


def test_it_opens_no_session_and_is_no_other_role(installed: Machine, agents: tuple[Agent, ...]) -> None:
    roles = installed.must(*academy.PSQL, "SELECT rolname FROM pg_roles WHERE rolcanlogin").split()
    others = [role for role in roles if role != "vaguemestre_web"]
    assert {"postgres", "vaguemestre", "vaguemestre_door"} <= set(others)
    told = f"ROLES, FORGERIES = {others!r}, {taken.FORGERIES!r}\n"
    academy.run_under_unit(installed, "web", taken.PROGRAM + told + DATABASE)


def test_it_touches_no_other_process_and_gains_no_right(installed: Machine) -> None:
    shown = ("systemctl", "show", "--value", "-p", "MainPID", *(f"vaguemestre-{name}" for name in OTHERS))
    numbers = installed.must(*shown).split()
    assert len(numbers) == len(OTHERS)
    attempts = [["signalled", number] for number in (*numbers, "1")]
    carries_out(installed, [*attempts, ["become_root", ""], ["raise_rights", ""]])
