"""Another configuration for HAProxy, the real one: it serves by it, or by the former one and says why."""

import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.engines import live
from tests.engines.live import wait_until
from tests.own_network import free_port

from vaguemestre.processes.production.machine.commands import StepFailed
from vaguemestre.processes.production.nodes.haproxy import HAProxy
from vaguemestre.processes.production.nodes.served_file import ServedFile

pytestmark = [pytest.mark.engines, pytest.mark.no_database]

# As systemd does with Debian's unit (haproxy.service): a signal, whose outcome nobody tells.
SYSTEMCTL = """\
#!/bin/sh
pid=$(cat {folder}/pid 2>/dev/null)
case $1 in
    is-active) if [ -n "$pid" ] && kill -0 "$pid"; then echo active; else echo inactive; fi ;;
    reload*) haproxy -W -f {folder}/haproxy.cfg -c && kill -USR2 "$pid" ;;
    start) echo 'Job for haproxy.service failed.' >&2; exit 1 ;;
esac
"""
JOURNAL = """\
#!/bin/sh
haproxy -W -f {folder}/haproxy.cfg 2>&1 | tac
"""
CONFIGURATION = """\
defaults
    mode tcp
    timeout connect 3s
    timeout client 1h
    timeout server 1h
"""
DOOR = """
listen door-{port}
    bind 127.0.0.1:{port}
    server nobody 127.0.0.1:9
"""


@dataclass
class Unit:
    """HAProxy of a machine whose systemctl is in `folder`, with a door at `port`."""

    folder: Path
    port: int
    haproxy: HAProxy
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def text(self) -> str:
        return self.with_doors(self.port)

    @staticmethod
    def with_doors(*ports: int) -> str:
        return CONFIGURATION + "".join(DOOR.format(port=port) for port in ports)

    def start(self) -> None:
        self.haproxy.file.path.write_text(self.text, encoding="utf-8")
        self.process = subprocess.Popen(
            ["haproxy", "-W", "-f", str(self.haproxy.file.path), "-p", str(self.folder / "pid"),
             "-S", str(self.haproxy.master)], start_new_session=True,
        )  # fmt: skip
        wait_until(lambda: not live.is_free(self.port) and self.haproxy.master.exists())

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(30)


@pytest.fixture
def unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Unit]:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, script in (("systemctl", SYSTEMCTL), ("journalctl", JOURNAL)):
        (programs / name).write_text(script.format(folder=tmp_path), encoding="utf-8")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    haproxy = HAProxy(ServedFile(tmp_path / "haproxy.cfg"), tmp_path / "master.sock")
    unit = Unit(tmp_path, free_port(), haproxy)
    try:
        yield unit
    finally:
        unit.stop()


def test_a_configuration_that_is_right_is_served_at_once(unit: Unit) -> None:
    unit.start()
    further = free_port()
    text = unit.with_doors(unit.port, further)
    unit.haproxy.take(text)
    assert not live.is_free(further)
    assert unit.haproxy.runs_as(text)


def test_a_configuration_that_is_wrong_fails_and_the_former_goes_on(unit: Unit) -> None:
    unit.start()
    wrong = f"{unit.text}    nonsense\n"
    with pytest.raises(StepFailed, match="nonsense") as failed:
        unit.haproxy.take(wrong)
    assert "sert toujours selon l’ancienne" in str(failed.value)
    assert f"haproxy -c -f {unit.folder}/haproxy.cfg.refused" in str(failed.value)
    assert unit.haproxy.file.path.read_text() == unit.text  # what it would start with after a power cut
    assert not unit.haproxy.runs_as(wrong)
    assert not live.is_free(unit.port)


def test_a_port_that_is_taken_fails_and_the_former_goes_on(unit: Unit) -> None:
    unit.start()
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = int(other.getsockname()[1])
        text = unit.with_doors(unit.port, taken)
        with pytest.raises(StepFailed, match=f"127.0.0.1:{taken}") as failed:
            unit.haproxy.take(text)
    assert "un autre programme tient ce port" in str(failed.value)
    assert unit.haproxy.file.path.read_text() == unit.text
    assert not unit.haproxy.runs_as(text)
    assert not live.is_free(unit.port)
    unit.haproxy.take(text)  # free now
    assert not live.is_free(taken)
    assert unit.haproxy.runs_as(text)


def test_a_change_that_was_interrupted_is_not_done_and_goes_on(unit: Unit) -> None:
    unit.start()
    further = free_port()
    text = unit.with_doors(unit.port, further)
    unit.haproxy.file.begin(text)  # what follows was killed
    assert unit.haproxy.file.path.read_text() == text
    assert not unit.haproxy.runs_as(text)
    unit.haproxy.take(text)
    assert unit.haproxy.runs_as(text)
    assert not live.is_free(further)


def test_a_change_that_was_interrupted_goes_back_to_what_is_served_when_it_fails(unit: Unit) -> None:
    unit.start()
    unit.haproxy.file.begin(unit.with_doors(unit.port, free_port()))
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(StepFailed):
        unit.haproxy.take(unit.with_doors(unit.port, int(other.getsockname()[1])))
    assert unit.haproxy.file.path.read_text() == unit.text


def test_one_that_does_not_start_says_which_port_is_taken(unit: Unit) -> None:
    with (
        socket.create_server(("127.0.0.1", unit.port)),
        pytest.raises(StepFailed, match=f"127.0.0.1:{unit.port}") as failed,
    ):
        unit.haproxy.take(unit.text)
    assert "HAProxy ne démarre pas" in str(failed.value)
    assert "un autre programme tient ce port" in str(failed.value)


def test_one_whose_master_cannot_be_asked_says_what_to_put_back(unit: Unit) -> None:
    unit.start()
    elsewhere = replace(unit.haproxy, master=unit.folder / "another.sock")
    with pytest.raises(StepFailed, match="EXTRAOPTS"):
        elsewhere.take(unit.with_doors(unit.port, free_port()))
    assert unit.haproxy.file.path.read_text() == unit.text
