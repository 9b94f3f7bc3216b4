"""A realistic feed made from a seed: same seed and school year, same people (docs/domain.md §6)."""

from vaguemestre.people.intake.sample.feed import Sample, feed_text, sample, structures_text

__all__ = ["Sample", "feed_text", "sample", "structures_text"]
