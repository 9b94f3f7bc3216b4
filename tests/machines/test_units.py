"""What each unit may do is little, and enough: measured by systemd, and by what runs under it."""

import re

import pytest
from tests.machines import academy
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
