"""What each unit may do is little, and enough: measured by systemd, and by what runs under it."""

import re
import smtplib

import pytest
from tests.machines import academy
from tests.machines.academy import Agent
from tests.machines.machine import Machine

pytestmark = [pytest.mark.machines, pytest.mark.timeout(7200)]

LARGEST_EXPOSURE = 3.0
# Under the worker's own unit, in place of its program: an office file becomes a PDF, shut in by bubblewrap.
PREVIEW = """\
from vaguemestre.engines.conversion.sandbox import SandboxedConverter, can_convert_office
from vaguemestre.mailbox.webmail.values import Conversion
assert can_convert_office()
content = SandboxedConverter()(Conversion.OFFICE, "Conseil de classe à 17 h.".encode())
assert content.startswith(b"%PDF-"), content[:80]
"""


def test_units_are_little_exposed(installed: Machine) -> None:
    names = installed.must("sh", "-c", "ls /etc/systemd/system | grep '^vaguemestre-.*[.]service$'").split()
    exposures = {}
    for name in names:
        report = installed.run("systemd-analyze", "security", "--no-pager", name).stdout
        exposures[name] = float(re.search(r"exposure level .*: ([0-9.]+)", report)[1])
    assert {name: value for name, value in exposures.items() if value > LARGEST_EXPOSURE} == {}


def test_parts_of_arrivals_are_counted_by_a_unit_and_a_user_of_its_own(
    installed: Machine, agents: tuple[Agent, ...]
) -> None:
    """Nothing of ours keeps it alive but systemd, and without it mail goes on."""
    shown = ("systemctl", "show", "--value", "-p", "ExecMainPID", "vaguemestre-arrivals")
    counting = installed.must(*shown).strip()
    assert installed.must("ps", "-o", "user:30=", "-p", counting).strip() == "vaguemestre-arrivals"
    gate = installed.must("systemctl", "show", "--value", "-p", "ControlGroup", "vaguemestre-gate").strip()
    beside = installed.must("sh", "-c", f"ps -o args= -p $(paste -sd, /sys/fs/cgroup{gate}/cgroup.procs)")
    assert {line.split(" -m ")[1].split()[0] for line in beside.splitlines()} == {
        "vaguemestre.processes.postfix.submission_policy", "vaguemestre.processes.watchdog",
    }  # fmt: skip
    assert refuses_many_parts(installed, agents[0])
    installed.must("systemctl", "stop", "vaguemestre-arrivals")
    assert not refuses_many_parts(installed, agents[0])
    installed.must("systemctl", "start", "vaguemestre-arrivals")  # ready once it answers
    assert refuses_many_parts(installed, agents[0])


def refuses_many_parts(machine: Machine, reader: Agent) -> bool:
    """Whether the MX refuses a letter of 6,000 parts."""
    head = 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    letter = f"From: x@dehors.example\r\nSubject: x\r\n{head}" + "--b\r\n\r\nx\r\n" * 6_000 + "--b--\r\n"
    with smtplib.SMTP(machine.address, 25, "dehors.example", timeout=60) as server:
        server.ehlo()
        server.mail("x@dehors.example")
        assert server.rcpt(reader.address)[0] == 250
        code = server.data(letter)[0]
    assert code in (250, 554)
    return code == 554


def test_words_of_an_attachment_are_read_for_dovecot_which_may_start_no_sandbox(installed: Machine) -> None:
    files, place = (
        f"/var/lib/vaguemestre/{path}" for path in ("engines/dovecot/files", "run/d/words-agent/s")
    )
    door = f"/usr/bin/python3 -I -S -B {files}/door.py {files} {place}"
    words = installed.must(
        "sh", "-c", f"setpriv --reuid dovenull --regid dovenull --clear-groups -- {door} application/csv",
        text="nom;sinople",
    )  # fmt: skip
    assert "sinople" in words
    assert f"door.py {files} {place}" in installed.must(
        "cat", "/var/lib/vaguemestre/engines/dovecot/dovecot.conf"
    )


@pytest.mark.parametrize("process", ["web", "worker"])
def test_a_preview_is_made_under_the_unit_of_each_process_that_opens_files(
    installed: Machine, process: str
) -> None:
    academy.run_under_unit(installed, process, PREVIEW)
