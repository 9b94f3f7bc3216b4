"""One live Dovecot and Postfix for all the tests that need them."""

from collections.abc import Iterator

import pytest
from tests.engines import live


@pytest.fixture(scope="session")
def engines() -> Iterator[live.LiveEngines]:
    made = live.make()
    try:
        made.start()
        yield made
    finally:
        made.stop()
        live.remove(made)
