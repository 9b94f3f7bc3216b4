"""Nouns of the record of processing activities, and how durations are written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter
from typing import NamedTuple

from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.site.config import Config

type Purge = Callable[[], None]
type Eraser = Callable[[PersonErased], None]


class Duration(NamedTuple):
    """How long data are kept, in French. `term`: the time after which no row is left; None if it varies."""

    sentence: str
    term: timedelta | None = None


@dataclass(frozen=True)
class Category:
    """Data of an activity with the same retention.

    `tables`: `application.Model` of each. `purges`: periodic tasks that delete them at the end of their term.
    `erasers`: handlers that delete them with the civil status of their owner, months after the account is
    closed.
    """

    name: str
    tables: tuple[str, ...]
    duration: Callable[[Config], Duration]
    purges: tuple[Purge, ...] = ()
    erasers: tuple[Eraser, ...] = ()


@dataclass(frozen=True)
class Activity:
    """One sheet of the record, in the order of GDPR art. 30 §1."""

    key: str  # of the sheet's file
    purpose: str
    basis: str
    persons: str
    data: str
    source: str
    recipients: str
    security: str
    categories: tuple[Category, ...]


PUBLIC_TASK = "mission d’intérêt public (RGPD, article 6-1-e)"
ENCRYPTED_LINKS = "liaisons chiffrées, accès par compte personnel, second facteur de qui administre, journal"


def after(term: timedelta, since: str) -> Callable[[Config], Duration]:
    """A term fixed by the code: « 30 jours après sa fin »."""
    return lambda _config: Duration(f"{span_fr(term)} {since}", term)


def set_days(key: str, since: str) -> Callable[[Config], Duration]:
    """A term in days set by the configuration. `key`: `section.key`."""

    def duration(config: Config) -> Duration:
        term = timedelta(days=attrgetter(key)(config))
        return Duration(f"{span_fr(term)} {since}", term)

    return duration


def with_account(what: str = "") -> Callable[[Config], Duration]:
    """As long as the owner keeps them, and at most until their civil status is erased."""

    def duration(config: Config) -> Duration:
        months = counted(config.lifecycle.civil_status_months, "mois", "mois")
        return Duration(f"{what or 'le temps du compte'}, et au plus tard {months} après sa fermeture")

    return duration


def span_fr(span: timedelta) -> str:
    """A duration in its largest whole unit."""
    seconds = int(span.total_seconds())
    for size, unit in ((86_400, "jour"), (3_600, "heure"), (60, "minute")):
        if seconds % size == 0 and (count := seconds // size):
            return counted(count, unit)
    return counted(seconds, "seconde")
