"""Sources are read when somebody looks, once in a while, and one that fails takes no other away."""

from collections.abc import Iterator

import pytest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import CollectorRegistry

from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.processes.metrics.cache import CachedSources


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Counted:
    """A source that says how often it was read."""

    reads = 0

    def __call__(self) -> Iterator[Metric]:
        self.reads += 1
        yield GaugeMetricFamily("reads", "How often.", self.reads)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def registry(cache: CachedSources) -> CollectorRegistry:
    made = CollectorRegistry()
    made.register(cache)
    return made


def test_an_answer_is_given_again_until_it_is_old(clock: Clock) -> None:
    source = Counted()
    made = registry(CachedSources({"a": source}, seconds=10, clock=clock))
    assert source.reads == 0, "registering reads nothing"
    assert made.get_sample_value("reads") == 1
    clock.now = 9.9
    assert made.get_sample_value("reads") == 1
    clock.now = 10.0
    assert made.get_sample_value("reads") == 2


@pytest.mark.parametrize("error", [EngineDown("away"), PermissionError("no"), ValueError("not PEM")])
def test_a_source_that_fails_is_told_and_takes_no_other_away(clock: Clock, error: Exception) -> None:
    def fail() -> Iterator[Metric]:
        yield GaugeMetricFamily("half", "Not given: the rest is missing.", 1)
        raise error

    made = registry(CachedSources({"ill": fail, "well": Counted()}, seconds=10, clock=clock))
    assert made.get_sample_value("vaguemestre_source_up", {"source": "ill"}) == 0
    assert made.get_sample_value("vaguemestre_source_up", {"source": "well"}) == 1
    assert made.get_sample_value("reads") == 1
    assert made.get_sample_value("half") is None


def test_what_was_opened_is_released_even_when_a_source_has_a_fault_of_its_own(clock: Clock) -> None:
    def fault() -> Iterator[Metric]:
        raise KeyError

    released: list[float] = []
    cache = CachedSources({"a": fault}, seconds=10, release=lambda: released.append(1), clock=clock)
    with pytest.raises(KeyError):
        cache.collect()
    assert released == [1]
