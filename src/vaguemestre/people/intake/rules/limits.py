"""Limits beyond which a feed is refused whole until an administrator confirms it."""

from typing import NamedTuple

from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.people.intake.values import ImportTerms

NOTHING_APPLIED = "Rien n’est appliqué sans la confirmation d’un administrateur."


class LimitCounts(NamedTuple):
    """People who leave, out of how many accounts; lines refused, out of how many."""

    leaving: int
    accounts: int
    refused: int
    lines: int


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
    # A single refused line is a slip, however short the file.
    if (
        not terms.refusals_confirmed
        and counts.refused > 1
        and counts.refused * 100 > counts.lines * terms.refusal_limit_percent
    ):
        reasons.append(
            f"{counts.refused} lignes sur {counts.lines} sont refusées : plus que la limite de "
            f"{_percent_text(terms.refusal_limit_percent)}."
        )
    return " ".join((*reasons, NOTHING_APPLIED)) if reasons else ""


def _percent_text(limit: float) -> str:
    return f"{limit:g} %".replace(".", ",")
