"""One front for the tests of each module."""

from collections.abc import Iterator

import pytest
from tests.engines.nginx.front import Front, running

from vaguemestre.site.config import WebSection


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    with running(WebSection()) as made:
        yield made
