"""Titles an outsider may usurp: those of our services and mailboxes, and a head's title beside a surname."""

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import chain, dropwhile, takewhile

from vaguemestre.mailbox.webmail.rules.trust.impostors import PARTICLES, TITLES, shortened
from vaguemestre.mailbox.webmail.rules.trust.skeletons import skeleton

_BRACKETED = re.compile(r"[(\[<].*?[)\]>]")
_WORDS = re.compile(r"[a-z0-9]+")
_SEPARATORS = re.compile(r"\s-+\s|[–—,;:/|·•()\[\]]")
_MIN_WORDS = 3  # « Vie scolaire » or « Lycée Carnot » exists everywhere, « Lycée Carnot, Amiens » once
# Words that may be added to a title without changing its owner.
_NEUTRAL = frozenset(
    """
    service services bureau equipe votre secretariat direction intendance gestion gestionnaire vie scolaire
    administration accueil infirmerie principal principale proviseur proviseure directeur directrice adjoint
    adjointe no reply noreply notification notifications
    """.split()  # noqa: SIM905 - read at a glance
)
_HEADS = frozenset("principal principale proviseur proviseure dasen ien".split())  # noqa: SIM905
_DIRECTORS = frozenset("directeur directrice chef cheffe".split())  # noqa: SIM905
_DIRECTED = frozenset("ecole college lycee etablissement academique".split())  # noqa: SIM905
# After one of these words, « principal » is a grade.
_GRADES = frozenset(
    """
    ingenieur ingenieure inspecteur inspectrice adjoint adjointe attache attachee brigadier brigadiere
    conseiller conseillere technicien technicienne controleur controleuse agent agente secretaire
    redacteur redactrice sergent associe associee gerant gerante auteur chercheur investigateur
    investigatrice compte clerc medecin architecte consultant consultante expert experte notaire
    """.split()  # noqa: SIM905
)
_MAX_SURNAMES = 12


def title_words(title: str) -> frozenset[str]:
    """The distinctive words of a title, unordered; empty if there are fewer than `_MIN_WORDS`."""
    words = frozenset(_words(_BRACKETED.sub(" ", title))) - PARTICLES - TITLES - _NEUTRAL
    return words if len(words) >= _MIN_WORDS else frozenset()


def all_title_words(titles: Iterable[str]) -> frozenset[frozenset[str]]:
    """The distinctive words of each title, without the titles that have too few."""
    return frozenset(filter(None, map(title_words, titles)))


def claims_title(display: str, titles: Collection[frozenset[str]]) -> bool:
    """Whether a display name is one of these titles (`all_title_words`)."""
    words = title_words(display)
    return bool(words) and words in titles


def has_heads_title(display: str) -> bool:
    """Whether a display name has the title of a head, which is not a grade."""
    words = _words(display)
    heads = _head_words(words)
    places = [place for place, word in enumerate(words) if word in heads]
    return bool(places) and not _is_grade(words, places)


def names_a_school(display: str, schools: Iterable[str]) -> bool:
    """Whether a display name has every distinctive word of the name of one of these schools."""
    words = {*_words(display)}
    names = ({*_words(school)} - PARTICLES - TITLES - _NEUTRAL for school in schools)
    return any(len(name) > 1 and name <= words for name in names)


def surnames_beside_title(display: str) -> tuple[str, ...]:
    """Surnames (skeletons) that a display name may give to a head: « M. Vasseur, principal ».

    Candidates stand beside « principal », « proviseur »…, after « M. », or alone between two separators. They
    are single words, or joined as in addresses (« de-la-tour »). Empty without such a title, or if it is a
    grade (« ingénieur principal »).
    """
    parts = [_words(part) for part in _SEPARATORS.split(shortened(display))]
    words = [word for part in parts for word in part]
    heads = _head_words(words)
    places = [place for place, word in enumerate(words) if word in heads]
    if not places or _is_grade(words, places):
        return ()
    names = chain(
        (name for place in places for name in _around(words, place)),
        (
            name
            for place, word in enumerate(words)
            if word in TITLES
            for name in _first_name(words[place + 1 :])
        ),
        (name for part in parts if len({*part} - PARTICLES - TITLES) == 1 for name in _first_name(part)),
    )
    others = heads | _DIRECTED | TITLES
    surnames = (name for name in names if len(name) > 1 and not others & {*name.split("-")})
    return tuple(dict.fromkeys(surnames))[:_MAX_SURNAMES]


def _head_words(words: Collection[str]) -> frozenset[str]:
    return _HEADS | (_DIRECTORS if _DIRECTED & {*words} else frozenset())


def _is_grade(words: list[str], places: list[int]) -> bool:
    return any(_GRADES & {*words[max(0, place - 2) : place]} for place in places)


def _around(words: list[str], place: int) -> Iterator[str]:
    """Candidate surnames after, then before, the title at that place."""
    yield from _first_name(words[place + 1 :])
    before = list(dropwhile(PARTICLES.__contains__, reversed(words[:place])))
    if before:
        particles = takewhile(PARTICLES.__contains__, before[1:])
        yield from _first_name([*reversed([*particles]), before[0]])
        yield from ("-".join(reversed(before[:2])),) if before[1:2] and before[1] not in PARTICLES else ()


def _first_name(words: list[str]) -> Iterator[str]:
    """The first word that is not a particle: alone, after its particles, and joined to the next word."""
    words = list(dropwhile(TITLES.__contains__, words))
    particles = list(takewhile(PARTICLES.__contains__, words))
    name, *following = words[len(particles) : len(particles) + 2] or ("",)
    yield name
    yield "-".join((*particles, name))
    yield from (f"{name}-{word}" for word in following if word not in PARTICLES)


def _words(text: str) -> list[str]:
    return _WORDS.findall(skeleton(shortened(text)))
