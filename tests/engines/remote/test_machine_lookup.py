"""A name whose server does not answer is left in time by whoever asks for it."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from vaguemestre.engines.remote.machine_lookup import machine_lookup
from vaguemestre.engines.remote.notices import Notices
from vaguemestre.engines.remote_imap import RemoteImap
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.mailbox.portability import values
from vaguemestre.mailbox.portability.ports import SourceRefused


@pytest.fixture
def silence(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Names whose servers never answer."""
    ended = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: ended.wait(30) and [])
    yield
    ended.set()
    for thread in threading.enumerate():
        if thread.name == "lookup":
            thread.join(60)


def left_after(act: Callable[[], object], error: type[Exception]) -> float:
    began = time.monotonic()
    with pytest.raises(error):
        act()
    return time.monotonic() - began


def test_a_name_without_an_answer_is_left(silence: None) -> None:
    assert left_after(lambda: machine_lookup("slow.example", 80, 0.2), TimeoutError) < 5


def test_lookups_that_nobody_waits_for_are_few(silence: None) -> None:
    for _ in range(12):
        left_after(lambda: machine_lookup("slow.example", 80, 0.05), TimeoutError)
    assert sum(thread.name == "lookup" for thread in threading.enumerate()) <= 8


def test_an_application_whose_name_has_no_answer_is_left(
    silence: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vaguemestre.engines.remote.notices._TIMEOUT_SECONDS", 0.3)
    assert left_after(lambda: Notices()("http://slow.example/x", {}), EngineDown) < 5


def test_a_former_server_whose_name_has_no_answer_is_left(
    silence: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vaguemestre.engines.remote_imap._LOOKUP_SECONDS", 0.2)
    server = values.Server("slow.example", 993, "jean", "secret")

    def never(host: str, seconds: float) -> list[str]:
        time.sleep(seconds)
        raise TimeoutError

    for elsewhere in (RemoteImap(("slow.example:993",)), RemoteImap(resolve=never)):

        def read(elsewhere: RemoteImap = elsewhere) -> None:
            with elsewhere(server):
                pass

        assert left_after(read, SourceRefused) < 5


def test_a_name_of_this_machine_is_found() -> None:
    assert {address.place[1] for address in machine_lookup("localhost", 25, 5.0)} == {25}


def test_what_is_no_name_is_an_error() -> None:
    for host in ("x" * 70 + ".example", "a..b", "no-such-host.invalid"):
        with pytest.raises(OSError):
            machine_lookup(host, 80, 10.0)
