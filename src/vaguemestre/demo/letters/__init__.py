"""Realistic letters of a French school, made from a seed: no network, no clock, no database."""

from vaguemestre.demo.letters.folders import messages
from vaguemestre.demo.letters.seals import sealed
from vaguemestre.demo.letters.values import Letter, Writer

__all__ = ["Letter", "Writer", "messages", "sealed"]
