"""What `/metrics` says, read as Prometheus would: for ourselves."""

from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple

from prometheus_client.parser import text_string_to_metric_families

from vaguemestre.foundation.kernel.errors import EngineDown

_PATIENCE_SECONDS = 10.0  # several silent engines take their time one after the other


class MetricValue(NamedTuple):
    name: str
    labels: dict[str, str]
    value: float


def read_metrics_text(port: int) -> Iterator[MetricValue]:
    """Every sample of the loopback's `/metrics`. Raises EngineDown."""
    connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", "/metrics", headers={"Accept": "text/plain"})
        text = connection.getresponse().read().decode()
        families = tuple(text_string_to_metric_families(text))
    except (OSError, HTTPException, ValueError) as error:
        raise EngineDown(f"mesures : {type(error).__name__}") from error
    finally:
        connection.close()
    for family in families:
        for sample in family.samples:
            yield MetricValue(sample.name, sample.labels, sample.value)
