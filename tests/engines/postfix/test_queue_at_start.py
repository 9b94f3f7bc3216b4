"""What the queue held at a cut is named in the log before Postfix starts again, whatever the log has lost."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engines.live import LiveEngines, Someone, letter, wait_until

from vaguemestre.engines.home_alias import sockets
from vaguemestre.engines.postfix.configuration import folder, log_file
from vaguemestre.engines.postfix.queue_at_start import Queued, queued_messages
from vaguemestre.post.trace.values import StepKind


@pytest.fixture
def marie(engines: LiveEngines) -> Someone:
    return engines.someone()


@pytest.fixture
def silent(engines: LiveEngines) -> Iterator[None]:
    """In the place of Dovecot, somebody who takes a delivery and never answers."""
    engines.end("dovecot")
    path = sockets(engines.config) / "lmtp"
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.bind(str(path))
        path.chmod(0o666)
        door.listen()
        yield
    path.unlink(missing_ok=True)
    engines.start_dovecot()


def active(engines: LiveEngines) -> list[Path]:
    return list((folder(engines.config) / "spool" / "active").iterdir())


@pytest.mark.engines
@pytest.mark.usefixtures("silent")
def test_a_message_whose_lines_a_cut_took_is_named_at_the_next_start(
    engines: LiveEngines, marie: Someone
) -> None:
    log = log_file(engines.config)
    before = log.stat().st_size
    message = letter("jean@dehors.example", marie.address, "coupure", "x" * 5000)
    engines.arrive(marie.address, message)
    wait_until(lambda: active(engines))
    engines.end("postfix", signal.SIGKILL)
    os.truncate(log, before)
    message_id = str(message["Message-ID"])
    (file,) = active(engines)
    queued = list(queued_messages(folder(engines.config) / "spool"))
    assert queued == [Queued(file.name, "jean@dehors.example", message_id)]
    engines.start_postfix()
    (step,) = [step for step in engines.logged_steps() if step.message_id == message_id]
    assert (step.kind, step.queue_id, step.sender) == (StepKind.QUEUED, file.name, "jean@dehors.example")


def test_what_is_no_whole_message_is_left_out(tmp_path: Path) -> None:
    active = tmp_path / "active"
    active.mkdir()
    contents = {"4cGxYz1AbCzK7": b"", "4cGxYz2AbCzK7": b"N\xff\xff\xff\xff\xff", "autre.txt": b"Sx"}
    for name, content in contents.items():
        (active / name).write_bytes(content)
        (active / name).chmod(0o700)
    half = active / "4cGxYz3AbCzK7"
    half.write_bytes(b"S\x03a@bM\x00N\x11Message-ID: <a@b>N\x00")
    half.chmod(0o600)
    assert list(queued_messages(tmp_path)) == []
    half.chmod(0o700)
    assert list(queued_messages(tmp_path)) == [Queued(half.name, "a@b", "<a@b>")]


@pytest.mark.parametrize("name", [b"<a@b> (in the queue)", b"a@b", b"<a>b@c>", b"<>", b"<\x00@b>"])
def test_a_strange_message_id_is_not_written(tmp_path: Path, name: bytes) -> None:
    field = b"Message-ID: " + name
    (tmp_path / "incoming").mkdir()
    file = tmp_path / "incoming" / "4cGxYz1AbCzK7"
    file.write_bytes(b"S\x03a@bM\x00N" + bytes([len(field)]) + field + b"N\x00")
    file.chmod(0o700)
    assert list(queued_messages(tmp_path)) == []
