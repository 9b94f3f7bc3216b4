"""Debian's packages after an interrupted run: its apt may still work, or have been killed half-way."""

import os
import subprocess
from pathlib import Path

import pytest
from tests.engines.live import wait_until

from vaguemestre.site.config import PROJECT

_COMMAND = '. "$1/bin/environment.sh"; dpkg_updates=$2; install_names unbound restic'
_APT = '#!/bin/sh\necho "apt $*" >>"{said}"\n[ -e "{works}" ]\n'
_DPKG = '#!/bin/sh\necho "dpkg $*" >>"{said}"\ntouch "{works}"\n'


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Stand-ins of apt and dpkg, which write what they are told; apt works once there is a file `works`."""
    for name, text in (("apt-get", _APT), ("dpkg", _DPKG)):
        program = tmp_path / name
        program.write_text(text.format(said=tmp_path / "said", works=tmp_path / "works"), encoding="utf-8")
        program.chmod(0o755)
    (tmp_path / "updates").mkdir()
    return tmp_path


def installed(machine: Path) -> tuple[bool, list[str]]:
    """Whether it ended well, and which programs were called."""
    ended = subprocess.run(
        ["/bin/bash", "-c", _COMMAND, "bash", str(PROJECT), str(machine / "updates")],
        env={**os.environ, "PATH": f"{machine}:{os.environ['PATH']}"},
        check=False,
    )
    said = (machine / "said").read_text(encoding="utf-8").splitlines()
    return not ended.returncode, [line.split()[0] for line in said]


def test_while_the_former_apt_still_works_ours_waits_and_dpkg_is_left_alone(machine: Path) -> None:
    (machine / "updates/0001").touch()
    (machine / "works").touch()
    assert installed(machine) == (True, ["apt"])


def test_what_a_killed_apt_left_half_way_is_finished_then_apt_is_asked_again(machine: Path) -> None:
    (machine / "updates/0001").touch()
    assert installed(machine) == (True, ["apt", "dpkg", "apt"])


def test_a_failure_of_apt_itself_is_a_failure(machine: Path) -> None:
    assert installed(machine) == (False, ["apt"])


def test_services_stay_held_while_the_apt_of_an_interrupted_run_works(machine: Path) -> None:
    policy, busy = machine / "policy", machine / "busy"
    busy.touch()
    (machine / "pgrep").write_text(f'#!/bin/sh\n: >"{machine}/asked"\n[ -e "{busy}" ]\n', encoding="utf-8")
    (machine / "pgrep").chmod(0o755)
    command = '. "$1/bin/environment.sh"; policy=$2; printf "%s\\n" "$policy_mark" >"$policy"; leave_services'
    subprocess.run(
        ["/bin/bash", "-c", command, "bash", str(PROJECT), str(policy)],
        env={**os.environ, "PATH": f"{machine}:{os.environ['PATH']}"},
        check=True,
    )
    wait_until(lambda: (machine / "asked").exists())
    assert policy.exists()
    busy.unlink()
    wait_until(lambda: not policy.exists())
