"""School holidays of metropolitan France, by zone, proposed as dates of an absence.

Source: « Calendrier scolaire » 2025-2026 and 2026-2027, ministère de l'Éducation nationale
(education.gouv.fr; also the data set « fr-en-calendrier-scolaire » of data.education.gouv.fr). The source
gives the Saturday after whose lessons holidays begin, and the day lessons resume. Stored here: that Saturday,
and the day before lessons resume. Summer holidays end before teachers return, or on 31 August.
"""

from datetime import date

from vaguemestre.mailbox.calendar.values import Holiday

ZONES = ("A", "B", "C")

_EVERYWHERE = (
    ("Vacances de la Toussaint", date(2025, 10, 18), date(2025, 11, 2)),
    ("Vacances de Noël", date(2025, 12, 20), date(2026, 1, 4)),
    ("Pont de l’Ascension", date(2026, 5, 14), date(2026, 5, 17)),
    ("Vacances d’été", date(2026, 7, 4), date(2026, 8, 30)),
    ("Vacances de la Toussaint", date(2026, 10, 17), date(2026, 11, 1)),
    ("Vacances de Noël", date(2026, 12, 19), date(2027, 1, 3)),
    ("Pont de l’Ascension", date(2027, 5, 6), date(2027, 5, 9)),
    ("Vacances d’été", date(2027, 7, 3), date(2027, 8, 31)),
)
_WINTER, _SPRING = "Vacances d’hiver", "Vacances de printemps"
_BY_ZONE = {
    "A": (
        (_WINTER, date(2026, 2, 7), date(2026, 2, 22)),
        (_SPRING, date(2026, 4, 4), date(2026, 4, 19)),
        (_WINTER, date(2027, 2, 13), date(2027, 2, 28)),
        (_SPRING, date(2027, 4, 10), date(2027, 4, 25)),
    ),
    "B": (
        (_WINTER, date(2026, 2, 14), date(2026, 3, 1)),
        (_SPRING, date(2026, 4, 11), date(2026, 4, 26)),
        (_WINTER, date(2027, 2, 20), date(2027, 3, 7)),
        (_SPRING, date(2027, 4, 17), date(2027, 5, 2)),
    ),
    "C": (
        (_WINTER, date(2026, 2, 21), date(2026, 3, 8)),
        (_SPRING, date(2026, 4, 18), date(2026, 5, 3)),
        (_WINTER, date(2027, 2, 6), date(2027, 2, 21)),
        (_SPRING, date(2027, 4, 3), date(2027, 4, 18)),
    ),
}


def holidays(zone: str) -> tuple[Holiday, ...]:
    """Holidays of a zone in order; empty for an unknown zone (Corsica, overseas)."""
    if zone not in _BY_ZONE:
        return ()
    rows = (Holiday(*row) for row in (*_EVERYWHERE, *_BY_ZONE[zone]))
    return tuple(sorted(rows, key=lambda holiday: holiday.starts_on))


def coming_holidays(zone: str, day: date, count: int) -> tuple[Holiday, ...]:
    """The next holidays, including the current ones."""
    return tuple(holiday for holiday in holidays(zone) if holiday.ends_on >= day)[:count]
