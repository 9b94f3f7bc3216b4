"""Metrics that the pools count as they work."""

from collections import defaultdict
from collections.abc import Iterator

from prometheus_client.core import Metric

from vaguemestre.foundation.kernel.counters import REGISTRY, Count
from vaguemestre.site.config import Config
from vaguemestre.site.monitoring.counter_files import read_sums

_ENDINGS = ("_total", "_bucket", "_sum", "_count")


def pools(config: Config) -> Iterator[Metric]:
    """The families of the pools' registry, with the sums of all their processes."""
    by_family: defaultdict[str, list[Count]] = defaultdict(list)
    for count in read_sums(config.run_dir):
        by_family[_family_of(count.name)].append(count)
    for family in REGISTRY.collect():
        metric = Metric(family.name, family.documentation, family.type)
        for count in by_family[family.name]:
            metric.add_sample(count.name, count.labels, count.value)
        yield metric


def _family_of(sample: str) -> str:
    return next((sample.removesuffix(ending) for ending in _ENDINGS if sample.endswith(ending)), sample)
