"""bin/install on a bare machine: killed at each step, gone on with, run twice, and what answers then."""

import contextlib
import re
import smtplib
import socket
import time

import pytest
from tests.machines import academy
from tests.machines.academy import HOST, INSTALL, SETTINGS, Agent, Client
from tests.machines.machine import Machine

pytestmark = [pytest.mark.machines, pytest.mark.timeout(7200)]

ENGINES_CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'vaguemestre_engines'"
PLANNED = re.compile(r"^ *(\d+)\. (.*) : ", re.M)
IN_THE_SHELL = 2  # the last step before the Python that makes the others
# Nothing to do once others are done: the given files are good, and no backup folder is configured.
DONE_WITH_OTHERS = {"Certificat", "Dossiers des sauvegardes"}


def test_the_plan_of_a_bare_machine_changes_nothing(machine: Machine) -> None:
    plan = machine.must(*INSTALL, "--dry-run")
    assert "1. Code dans /opt/vaguemestre/releases : à faire" in plan
    assert machine.run("test", "-e", "/opt/vaguemestre").returncode


def test_killed_at_each_step_it_goes_on_and_everything_runs(installed: Machine, killed_at: list[str]) -> None:
    assert [step for step in killed_at if "Paquets Debian" in step]
    steps = [int(step.partition(".")[0]) for step in killed_at if step[0].isdigit()]
    assert steps == sorted(steps)
    planned = PLANNED.findall(installed.must(*INSTALL, "--dry-run"))
    later = {int(n) for n, name in planned if int(n) > IN_THE_SHELL and name not in DONE_WITH_OTHERS}
    assert later
    assert later <= set(steps), killed_at
    names = (
        "web", "reading", "door", "front", "gate", "arrivals", "dovecot", "postfix", "worker", "rspamd",
        "signer",
    )  # fmt: skip
    states = installed.run("systemctl", "is-active", *(f"vaguemestre-{name}" for name in names))
    assert states.stdout.split() == ["active"] * len(names)


def test_logs_and_certificates_are_looked_after_before_the_first_reboot(installed: Machine) -> None:
    assert installed.run("systemctl", "is-active", "logrotate.timer").stdout.strip() == "active"


def test_a_second_run_changes_nothing(installed: Machine) -> None:
    units = ("sh", "-c", "stat -c '%n %Y' /etc/systemd/system/vaguemestre* /etc/vaguemestre/*")
    before = installed.must(*units)
    assert "Rien à changer." in installed.must(*INSTALL)
    assert installed.must(*units) == before


def test_a_changed_configuration_is_taken_over_by_what_runs(installed: Machine) -> None:
    shown = ("systemctl", "show", "-p", "MainPID", "vaguemestre-web.service")
    before = installed.must(*shown)
    installed.must("sed", "-i", "s/Académie d’essai/Académie à l’essai/", SETTINGS)
    installed.must(*INSTALL)
    assert installed.must(*shown) != before
    assert "Rien à changer." in installed.must(*INSTALL)


@pytest.mark.parametrize(("port", "words"), [(993, b"* OK"), (465, b"220 mail.")])
def test_mail_doors_show_a_chain_that_verifies(client: Client, port: int, words: bytes) -> None:
    with client.secure(port, HOST) as peer:
        assert peer.recv(100).startswith(words)


def test_pages_are_served_by_http_2(client: Client) -> None:
    with client.secure(443, HOST) as peer:
        assert peer.selected_alpn_protocol() == "h2"


def test_a_message_from_port_465_is_read_by_another_agent_by_imaps(
    client: Client, agents: tuple[Agent, ...]
) -> None:
    author, reader = agents
    client.send(author, reader.address, "Conseil de classe")
    message = client.received(reader, "Conseil de classe")
    assert author.address in message["From"]
    assert "à demain" in message.get_content()  # type: ignore[attr-defined]


def test_many_who_write_at_once_leave_the_database_to_others(
    client: Client, agents: tuple[Agent, ...]
) -> None:
    """Of the hundred connections that Debian's PostgreSQL takes."""
    machine = client.machine
    with contextlib.ExitStack() as opened:
        for number in range(40):
            server = opened.enter_context(smtplib.SMTP(machine.address, 25, "dehors.example", timeout=60))
            server.ehlo()
            server.mail(f"quelqu.un.{number}@dehors.example")
            assert server.rcpt(agents[1].address)[0] == 250
        assert int(machine.must(*academy.PSQL, ENGINES_CONNECTIONS)) <= 40


def test_nobody_submits_in_anothers_name(client: Client, agents: tuple[Agent, ...]) -> None:
    author, other = agents
    with pytest.raises(smtplib.SMTPRecipientsRefused, match="not owned"):
        client.send(author, other.address, "Faux", sender=other.address)
    with pytest.raises(smtplib.SMTPAuthenticationError):
        client.send(Agent(author.address, other.password), other.address, "Faux")


@pytest.mark.parametrize("port", [25, 80, 443, 465, 587, 993, 4190])
def test_the_usual_ports_are_open_on_ipv6(installed: Machine, port: int) -> None:
    with socket.create_connection(("fd78::10", port), timeout=20):
        pass


@pytest.mark.parametrize("port", [143, 8143, 8587, 8026, 8001, 8003, 8332, 5432])
def test_what_the_house_says_to_itself_is_closed_to_others(installed: Machine, port: int) -> None:
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((installed.address, port), timeout=20)


@pytest.mark.parametrize(("name", "module"), [("push", "push"), ("arrivals", "postfix.arrivals")])
def test_what_hangs_is_started_again(installed: Machine, name: str, module: str) -> None:
    def main_pid() -> str:
        return installed.must("systemctl", "show", "-p", "MainPID", "--value", f"vaguemestre-{name}").strip()

    hung = main_pid()
    # the process and its workers, not the companion that asks them
    installed.must(
        "pkill",
        "-STOP",
        "-f",
        f"^/opt/vaguemestre/releases/[^/]*/.venv/bin/python -m vaguemestre.processes.{module}",
    )
    deadline = time.monotonic() + 240
    while main_pid() in (hung, "0") and time.monotonic() < deadline:
        time.sleep(1)
    assert main_pid() not in (hung, "0")


def test_stopped_it_leaves_no_process_and_started_again_it_answers(
    client: Client, agents: tuple[Agent, ...]
) -> None:
    machine = client.machine
    machine.must("systemctl", "stop", "vaguemestre.target", "vaguemestre-*.service")
    failed = machine.must("systemctl", "list-units", "--failed", "--plain", "--no-legend", "vaguemestre*")
    assert failed == ""
    assert machine.run("pgrep", "-a", "-f", "vaguemestre").stdout == ""
    machine.must("systemctl", "start", "vaguemestre.target", "vaguemestre-dovecot.service")
    author, reader = agents
    client.wait_until_signed_in(author)
    client.send(author, reader.address, "Apres l'arret")
    assert client.received(reader, "Apres l'arret")


def test_it_comes_back_after_a_power_cut_without_the_files_of_its_certificate(
    client: Client, agents: tuple[Agent, ...]
) -> None:
    client.machine.must("mv", "/srv/tls", "/srv/tls.away")
    client.machine.cut()
    client.machine.boot()
    client.machine.must("mv", "/srv/tls.away", "/srv/tls")
    client.machine.must("systemctl", "start", "vaguemestre.target", "vaguemestre-dovecot.service")
    author, reader = agents
    client.wait_until_signed_in(author)
    client.send(author, reader.address, "Apres la coupure")
    assert client.received(reader, "Apres la coupure")
