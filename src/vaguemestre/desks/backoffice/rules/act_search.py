"""Actions of the journal found by what somebody typed."""

import re

from vaguemestre.desks.backoffice.rules.action_labels import ACTION_LABELS
from vaguemestre.foundation.kernel.texts import without_accents

# Labels say « Assistance : suspension » and « Compte suspendu » of one thing: nouns and their participles.
_PAIRS = (
    ("activation", "active"),
    ("ajout", "ajoute"),
    ("annulation", "annule"),
    ("arret", "arrete"),
    ("changement", "change"),
    ("confirmation", "confirme"),
    ("creation", "cree"),
    ("effacement", "efface"),
    ("envoi", "envoye"),
    ("fermeture", "ferme"),
    ("modification", "modifie"),
    ("ouverture", "ouvert"),
    ("refus", "refuse"),
    ("remise", "remis"),
    ("reouverture", "rouvert"),
    ("retrait", "retire"),
    ("revocation", "revoque"),
    ("suppression", "supprime"),
    ("suspension", "suspendu"),
)
_SHORTEST = 4  # letters from which a word typed is known for one of a pair


def matching_actions(typed: str) -> tuple[str, ...]:
    """The actions whose code starts with the typed text, or else whose label matches each word's prefix.

    A noun finds its participle, and the reverse.
    """
    by_code = tuple(code for code in ACTION_LABELS if code.startswith(typed.strip().lower()))
    typed_words = _words(typed)
    return by_code or tuple(
        code
        for code, label in ACTION_LABELS.items()
        if typed_words
        and all(any(word.startswith(_same(prefix)) for word in _words(label)) for prefix in typed_words)
    )


def _same(prefix: str) -> tuple[str, ...]:
    """The beginnings of words that mean the one typed."""
    if len(prefix) < _SHORTEST:
        return (prefix,)
    others = [
        other
        for pair in _PAIRS
        for one, other in (pair, pair[::-1])
        if one.startswith(prefix) or prefix.startswith(one)
    ]
    return (prefix, *others)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", without_accents(text))
