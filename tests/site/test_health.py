"""/sante/ tells the truth, quickly."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from vaguemestre.site import health
from vaguemestre.site.config import Config


@pytest.fixture
def config(tmp_path: Path) -> Config:
    made = Config(home=tmp_path, port_base=61_000)
    made.run_dir.mkdir()
    return made


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Somebody listens, and never speaks."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.django_db
def test_what_does_not_answer_is_down(config: Config) -> None:
    found = health.checks(config)
    assert set(found) == {"database", "dovecot", "postfix", "push", "worker", "gate", "carddav", "disk"}
    assert found["database"].ok
    assert not any(found[name].ok for name in ("dovecot", "postfix", "push", "worker", "gate", "carddav"))


@pytest.mark.django_db
def test_a_worker_that_beats_is_well_until_it_stops(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    (config.run_dir / "worker.heartbeat").touch()
    assert health.checks(config)["worker"].ok
    later = time.time() + 60
    monkeypatch.setattr(health.time, "time", lambda: later)
    assert not health.checks(config)["worker"].ok


def test_a_service_that_says_nothing_is_not_waited_for(silent_port: int) -> None:
    began = time.monotonic()
    assert not health.greets("127.0.0.1", silent_port, b"* OK").ok
    assert time.monotonic() - began < 1


@pytest.mark.django_db
def test_the_page_is_503_when_something_is_down(client: Client) -> None:
    answer = client.get("/sante/")
    assert answer.status_code == 503
    told = answer.json()
    assert told["status"] == "down"
    assert told["checks"]["database"] == {"status": "ok"}
    assert told["checks"]["dovecot"]["status"] == "down"


def test_the_web_process_can_be_asked_alone(client: Client) -> None:
    assert client.get("/sante/ping").content == b"ok"


@pytest.mark.parametrize("path", ["/sante/", "/sante/ping"])
def test_health_is_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
