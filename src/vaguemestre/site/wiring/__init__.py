"""Slots, subscriptions, periodic tasks, sentences: tables, the only place that sees rooms and engines."""

from vaguemestre.site.wiring.periodic import ROUNDS
from vaguemestre.site.wiring.slots import plug_engines
from vaguemestre.site.wiring.subscriptions import SUBSCRIPTIONS
from vaguemestre.site.wiring.undoings import UNDOINGS

__all__ = ["ROUNDS", "SUBSCRIPTIONS", "UNDOINGS", "plug_engines"]
