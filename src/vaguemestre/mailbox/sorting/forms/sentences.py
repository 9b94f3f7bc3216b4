"""A filter in a plain sentence."""

from collections.abc import Iterable
from dataclasses import dataclass

from vaguemestre.mailbox.sorting.forms.filters import quoted, shown_condition
from vaguemestre.mailbox.sorting.values import Choice, Filter


@dataclass(frozen=True)
class Sentence:
    """A filter as it is read: its conditions and what follows, in words."""

    filter_id: int
    name: str
    is_on: bool
    joint: str
    conditions: tuple[str, ...]
    deeds: tuple[str, ...]


def said(wanted: Filter, folders: Iterable[Choice]) -> Sentence:
    """`folders`: the names to show."""
    shown = {one.name: one.shown for one in folders}
    outcome = wanted.outcome
    deeds = [
        f"ranger dans {quoted(shown.get(outcome.move_to, outcome.move_to))}" if outcome.move_to else "",
        "mettre à la corbeille" if outcome.discards else "",
        f"copier dans {quoted(shown.get(outcome.copy_to, outcome.copy_to))}" if outcome.copy_to else "",
        f"étiqueter {quoted(outcome.label)}" if outcome.label else "",
        "marquer comme lu" if outcome.is_read else "",
        "marquer d’une étoile" if outcome.is_flagged else "",
        f"transférer une copie à {outcome.forward_to}" if outcome.forward_to else "",
    ]
    return Sentence(
        wanted.filter_id,
        wanted.name,
        wanted.is_on,
        "et" if wanted.matches_all else "ou",
        tuple(shown_condition(one) for one in wanted.conditions),
        tuple(deed for deed in deeds if deed),
    )
