"""What a process counts as it works, for `/metrics`. Label values are words of the code, never of people."""

import os
from collections.abc import Iterator
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Histogram

from vaguemestre.foundation.kernel.pools import POOL_VARIABLE

POOL = os.environ.get(POOL_VARIABLE, "")
REGISTRY = CollectorRegistry()
_BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

REQUESTS = Counter(
    "vaguemestre_requests_total",
    "Requests answered by the pages, by name of the address and class of status.",
    ("pool", "route", "status"),
    registry=REGISTRY,
)
REQUEST_DURATION = Histogram(
    "vaguemestre_request_duration_seconds",
    "Time to the answer of a page.",
    ("pool", "route"),
    registry=REGISTRY,
    buckets=_BUCKETS,
)
IMAP_DURATION = Histogram(
    "vaguemestre_imap_duration_seconds",
    "Time to the answer of an IMAP command, by pool and command.",
    ("pool", "command"),
    registry=REGISTRY,
    buckets=_BUCKETS,
)
REFUSALS = Counter(
    "vaguemestre_refusals_total", "Refusals explained on a page, by code.", ("code",), registry=REGISTRY
)
ACTS = Counter(
    "vaguemestre_journal_entries_total",
    "Acts that pages wrote in the journal: sign-ins made and refused among others.",
    ("action",),
    registry=REGISTRY,
)


class Count(NamedTuple):
    """A sample, as Prometheus names it: a histogram has one for each of its buckets."""

    name: str
    labels: dict[str, str]
    value: float


def counts() -> Iterator[Count]:
    """Every count of this process."""
    for family in REGISTRY.collect():
        for sample in family.samples:
            if not sample.name.endswith("_created"):
                yield Count(sample.name, sample.labels, sample.value)
