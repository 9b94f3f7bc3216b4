"""French sentences of refusals, from the `refusals.py` of each room."""

from collections.abc import Iterable, Mapping

from vaguemestre.foundation.kernel.counters import REFUSALS
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.foundation.kernel.texts import counted, with_no_break_spaces

sentences: Slot[Mapping[str, str]] = Slot("ui.sentences")
_UNKNOWN = "Cette action n’est pas possible."


def sentence(refusal: Refusal) -> str:
    """The sentence of a refusal, its facts filled in."""
    REFUSALS.labels(refusal.code).inc()
    return sentences.get().get(refusal.code, _UNKNOWN) % refusal.facts


def merge_sentences(rooms: Iterable[Mapping[str, str]]) -> Mapping[str, str]:
    """The sentences of all rooms in one mapping. Raises ValueError if two rooms have the same code."""
    by_code: dict[str, str] = {}
    for room in rooms:
        if duplicates := by_code.keys() & room.keys():
            raise ValueError(f"two rooms keep a sentence for {sorted(duplicates)}")
        by_code |= {code: with_no_break_spaces(words) for code, words in room.items()}
    return by_code


def duration(seconds: int) -> str:
    """`12 secondes`, `3 minutes`, `1 heure`: rounded up."""
    if seconds < 90:
        return counted(seconds, "seconde")
    minutes = -(-seconds // 60)
    if minutes < 90:
        return counted(minutes, "minute")
    return counted(-(-minutes // 60), "heure")
