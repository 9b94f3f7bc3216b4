"""Limits beyond which a feed is refused whole until an administrator confirms it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.people.intake.values import ImportTerms

_FEW_TAKEN = 5  # people who move on one day are a move, not a mistake
NOTHING_APPLIED = "Rien n’est appliqué sans la confirmation d’un administrateur."


class LimitCounts(NamedTuple):
    """People who leave (of `accounts`) and refused lines (of `lines`).

    `taken`: for each other académie, (people who would leave it for this one, its open accounts).
    """

    leaving: int
    accounts: int
    refused: int
    lines: int
    taken: Sequence[tuple[int, int]] = ()


def limit_refusal(counts: LimitCounts, terms: ImportTerms) -> str:
    """Why the feed may not be applied without confirmation (French); "" if it may."""
    reasons = []
    leaving = counts.leaving + terms.recent_departures  # a feed may come cut in slices
    if (
        not terms.closures_confirmed
        and counts.leaving
        and leaving * 100 > counts.accounts * terms.closure_limit_percent
    ):
        before = (
            f", après {terms.recent_departures} en vingt-quatre heures," if terms.recent_departures else ""
        )
        reasons.append(
            f"Ce fichier mettrait fin aux fonctions de {counted(counts.leaving, 'personne')}{before} sur "
            f"{counted(counts.accounts, 'compte')} : "
            f"plus que la limite de {_percent_text(terms.closure_limit_percent)}."
        )
    if not terms.closures_confirmed:
        reasons += [
            f"Ce fichier ferait quitter leur académie à {people} personnes "
            f"sur {counted(accounts, 'compte')} : "
            f"plus que la limite de {_percent_text(terms.closure_limit_percent)}."
            for people, accounts in counts.taken
            if people > _FEW_TAKEN and people * 100 > accounts * terms.closure_limit_percent
        ]
    if not terms.refusals_confirmed:
        reasons += _refused_lines(counts, terms)
    return " ".join((*reasons, NOTHING_APPLIED)) if reasons else ""


def _refused_lines(counts: LimitCounts, terms: ImportTerms) -> list[str]:
    # Beside others, a single refused line is a slip, however short the file.
    is_slip = counts.refused == 1 < counts.lines
    if is_slip or counts.refused * 100 <= counts.lines * terms.refusal_limit_percent:
        return []
    if counts.lines == 1:
        return ["L’unique ligne est refusée."]
    return [
        f"{counts.refused} lignes sur {counts.lines} sont refusées : plus que la limite de "
        f"{_percent_text(terms.refusal_limit_percent)}."
    ]


def taken_from(people: Mapping[int, int], accounts: Mapping[int, int]) -> tuple[tuple[int, int], ...]:
    """For each académie that people would leave: how many of them, out of how many open accounts."""
    return tuple((count, accounts.get(academy_id, 0)) for academy_id, count in sorted(people.items()))


def _percent_text(limit: float) -> str:
    return f"{limit:g} %".replace(".", ",")
