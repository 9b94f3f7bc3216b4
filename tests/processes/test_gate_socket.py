"""Postfix knows one socket of the submission policy: it is never without somebody who listens."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from vaguemestre.processes.postfix.socket_handover import listening_place, take_over


@contextmanager
def listening(path: Path) -> Iterator[socket.socket]:
    """A process that listens as the gate does: on a place of its own, then at the known one."""
    with listening_place(path) as own, closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind(str(own))
        server.listen()
        take_over(own, path)
        yield server


def reaches(path: Path, server: socket.socket) -> bool:
    with closing(socket.socket(socket.AF_UNIX)) as client:
        client.connect(str(path))
        server.settimeout(60)
        with closing(server.accept()[0]):
            return True


def test_the_one_who_comes_takes_over_and_the_one_who_goes_takes_nothing_away(tmp_path: Path) -> None:
    path = tmp_path / "milter"
    with listening(path) as old:
        assert reaches(path, old)
        with listening(path) as new:
            assert reaches(path, new)
            waiting = socket.socket(socket.AF_UNIX)
            waiting.connect(str(path))
            old.close()
            assert reaches(path, new)
            waiting.close()
    assert [file.name for file in tmp_path.iterdir()] == ["milter"]
