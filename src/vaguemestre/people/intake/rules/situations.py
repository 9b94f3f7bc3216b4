"""The situation that the `statut` of a post means: in service, on leave, gone (docs/domain.md §3.6)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache

from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.directory.values import Post
from vaguemestre.people.intake.values import Record, Situation

# Situations of people who serve no more.
LEAVING = frozenset({Situation.TRANSFER, Situation.RETIREMENT, Situation.DEATH})
_STATUSES = {
    Situation.ACTIVE: (
        "TITULAIRE STAGIAIRE CONTRACTUEL CONTRACTUELLE CDI CDD VACATAIRE AUXILIAIRE MAITRE_AUXILIAIRE "
        "DELEGUE REMPLACANT SUPPLEANT APPRENTI ALTERNANT ACTIVITE EN_ACTIVITE ACTIF TEMPS_PARTIEL"
    ),
    Situation.LEAVE: (
        "CONGE CONGE_MATERNITE CONGE_PATERNITE CONGE_MALADIE CONGE_PARENTAL CONGE_FORMATION "
        "CONGE_ADOPTION CONGE_BONIFIE CMO MATERNITE PATERNITE"
    ),
    Situation.LONG_LEAVE: (
        "CONGE_LONGUE_MALADIE CONGE_LONGUE_DUREE CLM CLD CONGE_GRAVE_MALADIE CGM DISPONIBILITE DISPO "
        "DETACHEMENT DETACHE DETACHEE MISE_A_DISPOSITION HORS_CADRE"
    ),
    Situation.TRANSFER: "MUTATION MUTE MUTEE",
    Situation.RETIREMENT: "RETRAITE RETRAITEE RETRAITES",
    Situation.DEATH: "DECEDE DECEDEE DECES",
}
_SITUATIONS = {word: situation for situation, words in _STATUSES.items() for word in words.split()}


@lru_cache(maxsize=1024)
def situation_of(status: str) -> Situation | None:
    """The situation of a status, None if unknown; an unlisted leave is one of a year at most."""
    word = fold(status).replace("-", "_").upper()
    if not word:
        return Situation.ACTIVE
    if word.startswith("CONGE_"):
        return _SITUATIONS.get(word, Situation.LEAVE)
    return _SITUATIONS.get(word)


def situation_of_posts(posts: Sequence[Post], today: date) -> Situation:
    """The situation of the primary open post, else of the last one ended; a death on any post wins."""
    situations = [(post, situation_of(post.status) or Situation.ACTIVE) for post in posts]
    if any(situation is Situation.DEATH for _, situation in situations):
        return Situation.DEATH
    still_open = [pair for pair in situations if pair[0].ends_on is None or pair[0].ends_on >= today]
    latest = max(
        still_open or situations,
        key=lambda pair: (pair[0].is_primary, pair[0].ends_on or date.max, pair[0].starts_on),
        default=None,
    )
    return latest[1] if latest else Situation.ACTIVE


def situation_day(situation: Situation, posts: Sequence[Post], today: date) -> date:
    """First day of a situation: the last day served for a death, the next for a departure, else today."""
    ends = [post.ends_on for post in posts]
    last = max((end for end in ends if end), default=None) if all(ends) else None
    if last is None or situation not in LEAVING:
        return today
    if situation is Situation.DEATH:
        return min(last, today)
    return last + timedelta(days=1)


def unknown_statuses(records: Iterable[Record]) -> dict[str, int]:
    """Unknown status → number of lines; such people are read as in service."""
    counts = Counter(record.post.status for record in records)
    return {status: count for status, count in counts.items() if situation_of(status) is None}
