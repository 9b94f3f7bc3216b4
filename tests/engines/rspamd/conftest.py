"""Filters with their memory: one asked without a mail server, one of an instance that sends by itself."""

import signal
from collections.abc import Iterator

import pytest
from tests.engines.live import LiveEngines
from tests.engines.postfix.sender import DOMAIN, Sender, sending
from tests.engines.postfix.world import RESOLVER
from tests.engines.rspamd.zone import Zone

from vaguemestre.site.config import MailSection, OutgoingSection


@pytest.fixture(scope="module")
def filter_alone(engines: LiveEngines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveEngines]:
    zone = Zone(tmp_path_factory.mktemp("zone"), engines.config.ports.names)
    engines.start_filter(f"127.0.0.1:{engines.config.ports.names}")
    yield engines
    zone.end()
    _end_filter(engines)


@pytest.fixture(scope="module")
def sender() -> Iterator[Sender]:
    outgoing = OutgoingSection(mode="direct", ipv6=False, mta_sts=False)
    with sending(MailSection(postmaster=f"dsi@{DOMAIN}", outgoing=outgoing)) as engines:
        engines.start_filter(f"{RESOLVER}:53")
        yield engines
        _end_filter(engines)


def _end_filter(engines: LiveEngines) -> None:
    for name in ("rspamd", "valkey"):
        if name in engines.children:
            engines.end(name, signal.SIGKILL)
