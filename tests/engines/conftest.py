"""The engines' own instances, started once for a run."""

from collections.abc import Iterator

import pytest
from tests.engines.live_dovecot import LiveDovecot, live_dovecot


@pytest.fixture(scope="session")
def dovecot() -> Iterator[LiveDovecot]:
    with live_dovecot() as running:
        yield running
