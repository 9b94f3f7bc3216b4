"""What samples of a service say of its interruptions. Pure; all times are seconds of one clock."""

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Sample(NamedTuple):
    """Somebody's one try, and in a word how it went. `who` tries one thing after the other."""

    who: str
    began: float
    ended: float
    is_good: bool
    word: str = ""


class Span(NamedTuple):
    since: float
    until: float

    def holds(self, sample: Sample) -> bool:
        return self.since <= sample.ended and sample.began <= self.until


def longest_silence(samples: Iterable[Sample], span: Span) -> float:
    """Seconds between two successes of the same person, at most, of what touches the span.

    What lies before the first failure counts: it is the time of a try and of the wait between two, so that
    nothing is told shorter than it was. 0 where nothing failed and no try took its time.
    """
    by_person: dict[str, list[Sample]] = {}
    for sample in samples:
        by_person.setdefault(sample.who, []).append(sample)
    return max((_silence(one, span) for one in by_person.values()), default=0.0)


def _silence(samples: Sequence[Sample], span: Span) -> float:
    good = sorted(sample.ended for sample in samples if sample.is_good)
    tries = [sample.ended for sample in samples]
    if not tries:
        return 0.0
    points = [min(tries), *good, max(tries)]
    gaps = (
        after - before
        for before, after in itertools.pairwise(sorted(points))
        if before <= span.until and after >= span.since
    )
    return max(gaps, default=0.0)


def percentile(values: Iterable[float], share: float) -> float:
    """The least value that this share of them does not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


def seconds_outside(samples: Iterable[Sample], spans: Sequence[Span]) -> list[float]:
    """How long the successes took that touch none of these spans."""
    return [
        sample.ended - sample.began
        for sample in samples
        if sample.is_good and not any(span.holds(sample) for span in spans)
    ]
