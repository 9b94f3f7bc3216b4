"""Metrics are answered on sockets of their own."""

import http.client
import threading
from collections.abc import Iterator

import pytest
from prometheus_client import Gauge
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import CollectorRegistry

from vaguemestre.processes.metrics.server import MetricsServer, sockets_asked


@pytest.fixture
def port() -> Iterator[int]:
    registry = CollectorRegistry()
    Gauge("vaguemestre_answers", "One.", registry=registry).set(1)
    with MetricsServer("127.0.0.1", 0, registry) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def answer(port: int, method: str, path: str) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path)
    response = connection.getresponse()
    return response.status, response.getheader("Content-Type", ""), response.read().decode()


@pytest.mark.parametrize("path", ["/metrics", "/metrics?name=x"])
def test_metrics_are_prometheus_text(port: int, path: str) -> None:
    status, content_type, text = answer(port, "GET", path)
    assert (status, content_type.partition(";")[0]) == (200, "text/plain")
    assert [family.name for family in text_string_to_metric_families(text)] == ["vaguemestre_answers"]


def test_the_supervisor_is_answered_without_reading_a_source(port: int) -> None:
    assert answer(port, "GET", "/sante")[::2] == (200, "ok\n")


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/", 404), ("GET", "/messagerie/", 404), ("POST", "/metrics", 501)]
)
def test_nothing_else_is_there(port: int, method: str, path: str, status: int) -> None:
    assert answer(port, method, path)[0] == status


def test_the_loopback_is_always_listened_on_and_nothing_twice() -> None:
    assert sockets_asked(()) == ("127.0.0.1",)
    assert sockets_asked(("10.1.2.3", "fd00::3")) == ("127.0.0.1", "10.1.2.3", "fd00::3")
    assert sockets_asked(("127.0.0.1",)) == ("127.0.0.1",)
    assert sockets_asked(("0.0.0.0",)) == ("0.0.0.0",)
