"""What people are supposed to do, and machines to have: not measured, so each figure can be given anew."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple

from vaguemestre.foundation.kernel.errors import EngineRefused


class Supposed(NamedTuple):
    """One figure: its name in `--with`, what it means, and why that much."""

    name: str
    figure: float
    means: str
    why: str


def _supposed(figure: float, means: str, why: str) -> Any:
    """A field of Habits: dataclasses keep its words as metadata."""
    return field(default=figure, metadata={"means": means, "why": why})


@dataclass(frozen=True)
class Habits:
    """Habits of one person on a working day, and features of the machines bought. All above zero."""

    deliveries_a_day: float = _supposed(
        22.0, "messages reçus par personne et par jour", "un million par jour pour 45 000 personnes"
    )
    sends_a_day: float = _supposed(5.5, "messages envoyés par jour", "un pour quatre reçus")
    lists_a_day: float = _supposed(60.0, "listes demandées par jour", "une toutes les huit minutes ouvrées")
    pages_a_day: float = _supposed(8.0, "pages entières par jour", "une par heure ouvrée")
    openings_a_day: float = _supposed(23.0, "messages ouverts par jour", "ceux qui arrivent, et un ancien")
    program_visits_a_day: float = _supposed(
        4.0, "connexions d’un logiciel par personne et par jour", "un téléphone sur cinq, vingt fois"
    )
    peak: float = _supposed(4.3, "moment chargé ÷ moyenne de 24 heures", "50 réceptions par seconde à 45 000")
    sign_ins_at_once: float = _supposed(
        5 / 45, "part des personnes qui s’identifient ensemble", "5 000 sur 45 000, un lundi matin"
    )
    sign_ins_minutes: float = _supposed(5.0, "en combien de minutes", "le même lundi matin")
    programs: float = _supposed(
        10 / 45, "part des personnes dont un logiciel attend", "10 000 téléphones à 45 000"
    )
    open_pages: float = _supposed(
        5 / 45, "part des personnes dont une page est ouverte", "5 000 pages à 45 000"
    )
    mailbox_gb: float = _supposed(0.5, "Go de courrier par boîte", "un quart du quota de 2 Go")
    letter_kb: float = _supposed(
        75.0, "ko par message, pièces jointes comprises", "une sur dix en a une de 600 ko"
    )
    marks_each: float = _supposed(8.0, "empreintes par message", "l’objet, deux ou trois liens")
    kept_days: float = _supposed(365.0, "jours de réceptions dont les étapes restent", "douze mois")
    cores: float = _supposed(4.0, "cœurs par machine", "une machine ordinaire")
    memory_gb: float = _supposed(32.0, "Go de mémoire par machine", "une machine ordinaire")
    busy: float = _supposed(0.5, "part des cœurs occupée au moment chargé", "la moitié reste aux surprises")
    full: float = _supposed(0.5, "part de la mémoire prise", "le reste au cache des fichiers")
    mailboxes_each: float = _supposed(
        10_000.0, "boîtes par groupe au plus", "ce qu’une panne touche à la fois"
    )
    spare: float = _supposed(0.1, "machines de réserve par machine qui sert", "une au moins de chaque sorte")


def suppositions(habits: Habits) -> Iterator[Supposed]:
    """Each figure in use, in order."""
    for one in fields(habits):
        yield Supposed(one.name, getattr(habits, one.name), one.metadata["means"], one.metadata["why"])


def with_figures(habits: Habits, given: Sequence[str]) -> Habits:
    """Habits with figures given as `name=figure`. Raises EngineRefused for a name or figure that is none."""
    known = {one.name for one in fields(habits)}
    figures: dict[str, float] = {}
    for text in given:
        name, _, figure = text.partition("=")
        if name not in known:
            raise EngineRefused(
                f"« {name} » n’est pas une supposition (au choix : {', '.join(sorted(known))})."
            )
        figures[name] = _above_zero(name, figure)
    return replace(habits, **figures)


def _above_zero(name: str, text: str) -> float:
    try:
        figure = float(text.replace(",", "."))
    except ValueError:
        figure = 0.0
    if not 0 < figure < math.inf:
        raise EngineRefused(f"« {name} » attend un nombre plus grand que zéro, pas « {text} ».")
    return figure
