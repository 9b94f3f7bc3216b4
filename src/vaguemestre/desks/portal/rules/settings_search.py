"""Search of settings by people's words: accents, plurals and beginnings of words do not matter."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from vaguemestre.desks.portal.rules.settings_table import Setting
from vaguemestre.foundation.kernel.texts import words_only

# Words that say nothing of the setting (« comment changer ma signature »), folded as `_folded` does.
_EMPTY_WORDS = """
    a au aux avec ce changer comment d dan de des du en est et faire l la le les ma mai me mes met mettre mon
    ne ou par pa pour quand que qui s sa se ses son sur un une veux vou voir je j il on y activer modifier
    regler reglage
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
# What almost every setting is about (« transférer mon courrier »): left out where nothing has all the words.
_COMMON_WORDS = "courrier courriel mail email message messagerie boite compte adresse"
_COMMON = frozenset(_COMMON_WORDS.split())
_IN_TITLE, _PHRASE, _WHOLE_WORDS, _BEGINNINGS = range(4)


def search_settings(query: str, settings: Sequence[Setting]) -> list[Setting]:
    """The settings that have every word of the query, or words that they begin; best first.

    Best: the title, then a phrase of `words`, then whole words, then beginnings. An empty query finds none.
    """
    words = _significant(_folded(query))
    return _matches(words, settings) or _matches([word for word in words if word not in _COMMON], settings)


def _matches(words: list[str], settings: Sequence[Setting]) -> list[Setting]:
    """The settings that have all of `words`, best first; none for no word."""
    if not words:
        return []
    ranks = [(_rank(words, setting), setting) for setting in settings]
    matches = [(rank, setting) for rank, setting in ranks if rank is not None]
    return [setting for _, setting in sorted(matches, key=lambda match: match[0])]


def phrases_of(setting: Setting) -> Iterator[str]:
    """The title and each word or phrase that leads to the setting."""
    yield setting.title
    yield from (phrase.strip() for phrase in setting.words.split(","))


def _rank(words: list[str], setting: Setting) -> int | None:
    """How well the setting answers, 0 the best; None if it does not."""
    title, others = _folded_once(setting.title), _folded_once(setting.words)
    if any(words == _significant(_folded_once(phrase)) for phrase in phrases_of(setting)):
        return _IN_TITLE if words == _significant(title) else _PHRASE
    if all(word in title for word in words):
        return _PHRASE
    known = {*title, *others}
    if all(word in known for word in words):
        return _WHOLE_WORDS
    if all(any(candidate.startswith(word) for candidate in known) for word in words):
        return _BEGINNINGS
    return None


def _significant(words: Sequence[str]) -> list[str]:
    """The words without stop words; all of them if none is left."""
    return [word for word in words if word not in _EMPTY] or list(words)


@lru_cache(maxsize=2_000)
def _folded_once(text: str) -> tuple[str, ...]:
    """The folded words of a setting, cached: folding took three quarters of a search."""
    return tuple(_folded(text))


def _folded(text: str) -> list[str]:
    """Words without accents, case or mark of the plural (-s, -x)."""
    return [word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in words_only(text).split()]
