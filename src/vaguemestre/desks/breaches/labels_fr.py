"""French words of breaches, and a file as text."""

from datetime import datetime

from vaguemestre.desks.breaches.rules.clock import time_left_fr
from vaguemestre.desks.breaches.values import BreachFile, Deadline, DeadlineState, NoticeKind
from vaguemestre.foundation.kernel.text.french_dates import dated_moment_fr

KINDS = {
    NoticeKind.WARNING: "Alerte précoce (24 heures), au CSIRT ou à l’ANSSI",
    NoticeKind.NOTIFICATION: "Notification (72 heures), à la CNIL et à l’ANSSI",
    NoticeKind.REPORT: "Rapport final (un mois après la notification)",
    NoticeKind.PERSONS: "Information des personnes touchées",
}


def deadline_fr(deadline: Deadline, now: datetime) -> str:
    """The state of a deadline in words: sent in time, sent late, or time left."""
    due = dated_moment_fr(deadline.due_at)
    match deadline.state:
        case DeadlineState.DONE:
            return f"envoi du {dated_moment_fr(deadline.sent_at or now)}, dans les temps"
        case DeadlineState.DONE_LATE:
            return f"envoi du {dated_moment_fr(deadline.sent_at or now)}, après le {due}"
        case _:
            return f"avant le {due} : {time_left_fr(deadline.due_at, now)}"


def file_text(breach: BreachFile, now: datetime) -> str:
    """The file as Markdown, for the authority and for the record."""
    facts = breach.facts
    sections = {
        "Ce qui est arrivé": facts.facts,
        "Données": facts.data_kinds,
        "Personnes": f"{facts.persons}\n\nNombre : {_count(facts.persons_count)}".strip(),
        "Conséquences probables": facts.consequences,
        "Mesures prises": facts.measures,
    }
    began = dated_moment_fr(facts.began_at) if facts.began_at else "pas encore connu"
    closed = f"le {dated_moment_fr(breach.closed_at)} : {breach.closing_note}" if breach.closed_at else "non"
    lines = [
        f"# Violation n° {breach.breach_id} : {facts.title}",
        "",
        f"- Connue le {dated_moment_fr(facts.known_at)}",
        *known_before_fr(breach),
        f"- Début : {began}",
        f"- Dossier clos : {closed}",
        f"- État au {dated_moment_fr(now)}",
        "",
        "## Délais",
        "",
        *(f"- {KINDS[item.kind]} : {deadline_fr(item, now)}" for item in breach.deadlines),
        "",
        "## Avis envoyés",
        "",
        *_notices(breach),
    ]
    for title, text in sections.items():
        lines += ["", f"## {title}", "", text or "Pas encore connu."]
    return "\n".join(lines) + "\n"


def known_before_fr(breach: BreachFile) -> list[str]:
    """The moments that the file gave before, each with the moment when that changed."""
    return [
        f"- D’abord connue le {dated_moment_fr(change.former)} ; "
        f"changé le {dated_moment_fr(change.changed_at)}"
        for change in breach.known_before
    ]


def _notices(breach: BreachFile) -> list[str]:
    return [
        f"- {dated_moment_fr(notice.sent_at)} : {KINDS[notice.kind]}, {notice.recipient}"
        + (f" ({notice.reference})" if notice.reference else "")
        for notice in breach.notices
    ] or ["Aucun."]


def _count(number: int | None) -> str:
    return "pas encore connu" if number is None else str(number)
