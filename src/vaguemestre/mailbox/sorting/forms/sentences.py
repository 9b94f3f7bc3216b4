"""Filters as plain French sentences."""

from collections.abc import Iterable
from dataclasses import dataclass

from vaguemestre.mailbox.sorting.forms.filters import condition_fr, quote_fr
from vaguemestre.mailbox.sorting.values import Filter, FolderChoice


@dataclass(frozen=True)
class Sentence:
    """A filter in words. `joint`: word between its conditions; `stopped`: why its redirect does not leave."""

    filter_id: int
    name: str
    is_on: bool
    joint: str
    conditions: tuple[str, ...]
    actions: tuple[str, ...]
    stopped: str = ""


def filter_sentence(mail_filter: Filter, folders: Iterable[FolderChoice], stopped: str = "") -> Sentence:
    """The filter in words, with the labels of `folders`."""
    folder_labels = {folder.name: folder.label for folder in folders}
    outcome = mail_filter.outcome
    actions = [
        f"ranger dans {quote_fr(folder_labels.get(outcome.move_to, outcome.move_to))}"
        if outcome.move_to
        else "",
        "mettre à la corbeille" if outcome.discards else "",
        f"copier dans {quote_fr(folder_labels.get(outcome.copy_to, outcome.copy_to))}"
        if outcome.copy_to
        else "",
        f"étiqueter {quote_fr(outcome.label)}" if outcome.label else "",
        "marquer comme lu" if outcome.is_read else "",
        "marquer d’une étoile" if outcome.is_flagged else "",
        f"transférer une copie à {outcome.forward_to}" if outcome.forward_to else "",
    ]
    return Sentence(
        mail_filter.filter_id,
        mail_filter.name,
        mail_filter.is_on,
        "et" if mail_filter.matches_all else "ou",
        tuple(condition_fr(condition) for condition in mail_filter.conditions),
        tuple(action for action in actions if action),
        stopped,
    )
