"""The collector that prometheus-client asks: sources read when somebody looks, and no more than that."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from http.client import HTTPException

from django.db import DatabaseError
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

log = logging.getLogger(__name__)

type Source = Callable[[], Iterable[Metric]]
_AWAY = (DatabaseError, EngineDown, EngineRefused, HTTPException, OSError, ValueError)


class CachedSources(Collector):
    """Gives the families of its sources, read again once they are `seconds` old.

    A source that fails is told by `vaguemestre_source_up`; the others are given all the same. `release` is
    called after each reading, in the thread that read.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        *,
        seconds: float,
        release: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sources, self._seconds = sources, seconds
        self._release, self._clock = release, clock
        self._lock = threading.Lock()
        self._families: tuple[Metric, ...] = ()
        self._fresh_until = float("-inf")

    def describe(self) -> Iterable[Metric]:
        """No metrics: registering asks no source."""
        return ()

    def collect(self) -> Iterable[Metric]:
        with self._lock:
            if self._clock() >= self._fresh_until:
                began = self._clock()
                try:
                    self._families = tuple(self._read(began))
                finally:
                    self._release()
                self._fresh_until = self._clock() + self._seconds
            return self._families

    def _read(self, began: float) -> Iterator[Metric]:
        up = GaugeMetricFamily(
            "vaguemestre_source_up",
            "Whether the metrics of this source could be read (1) or not (0).",
            labels=("source",),
        )
        for name, source in self._sources.items():
            try:
                families = tuple(source())
            except _AWAY as error:
                log.warning("no metrics of %s: %s", name, type(error).__name__)
                up.add_metric((name,), 0)
            else:
                up.add_metric((name,), 1)
                yield from families
        yield up
        yield GaugeMetricFamily(
            "vaguemestre_collect_duration_seconds",
            "Time it took to read all the sources.",
            self._clock() - began,
        )
