"""One filter with its memory for the tests that ask it without a mail server."""

import signal
from collections.abc import Iterator

import pytest
from tests.engines.live import LiveEngines
from tests.engines.rspamd.zone import Zone


@pytest.fixture(scope="module")
def filter_alone(engines: LiveEngines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveEngines]:
    zone = Zone(tmp_path_factory.mktemp("zone"), engines.config.ports.names)
    engines.start_filter(f"127.0.0.1:{engines.config.ports.names}")
    yield engines
    zone.end()
    for name in ("rspamd", "valkey"):
        if name in engines.children:
            engines.end(name, signal.SIGKILL)
