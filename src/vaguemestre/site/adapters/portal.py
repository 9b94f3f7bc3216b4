"""What waits for somebody at other desks, for their home page."""

from datetime import datetime

from vaguemestre.access.signin.values import Who
from vaguemestre.desks.enrolment import queries as enrolment
from vaguemestre.desks.helpdesk.queries.hand_overs import pending_hand_overs
from vaguemestre.desks.helpdesk.queries.requests import count_open_requests
from vaguemestre.desks.portal.values import Errand
from vaguemestre.desks.schoolstaff.queries import staff_of
from vaguemestre.desks.schoolstaff.rules.views import is_in
from vaguemestre.desks.schoolstaff.values import Part
from vaguemestre.foundation.kernel.text.french_dates import moment_fr
from vaguemestre.foundation.kernel.texts import counted, inflected
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.lifecycle.queries import places_directed_by
from vaguemestre.schools.lists.queries import held_letters_of

_CODES_SHOWN = 3  # further ones are on the page of hand-overs
_LISTS_SHOWN = 3  # further ones are on the page of lists


def waiting_errands(who: Who, now: datetime) -> list[Errand]:
    """Implements `portal.ports.WaitingErrands`: codes, letters to moderate, requests to answer, staff."""
    return [*_codes(who, now), *_letters(who, now), *_requests(who), *_staff(who, now)]


def _codes(who: Who, now: datetime) -> list[Errand]:
    return [
        Errand(
            f"Remettre un code à {code.name}",
            f"Demandé par l’assistance, à remettre en main propre avant {_until(code.until, now)}",
            f"/assistance/remises/{code.hand_over_id}",
            "ticket",
            "Voir",
        )
        for code in pending_hand_overs(who.account_id, now)[:_CODES_SHOWN]
    ]


def _letters(who: Who, now: datetime) -> list[Errand]:
    return [
        Errand(
            f"{counted(held.letters, 'message')} à modérer",
            f"Liste « {held.title} »",
            f"/listes/{held.list_id}/moderation",
            "list",
            "Lire",
        )
        for held in held_letters_of(who.account_id, who.person_id or 0, now)[:_LISTS_SHOWN]
    ]


def _until(moment: datetime, now: datetime) -> str:
    words = moment_fr(moment, paris_day(now))
    return f"le {words}" if words[:1].isdigit() else words


def _requests(who: Who) -> list[Errand]:
    errands = []
    if who.role == "hr_officer" and (count := enrolment.count_waiting(enrolment.scope_of(who.account_id))):
        title = f"{counted(count, 'demande')} de NUMEN"
        errands.append(Errand(title, "À votre service", "/gestion/", "id", "Traiter"))
    if who.role in ("helpdesk", "administrator") and (count := count_open_requests(who.office_academy)):
        title = f"{counted(count, 'demande')} à l’assistance"
        errands.append(Errand(title, "Sans réponse", "/assistance/demandes", "message-2", "Répondre"))
    return errands


def _staff(who: Who, now: datetime) -> list[Errand]:
    person_id, today = who.person_id or 0, paris_day(now)
    places = places_directed_by(who.account_id, person_id, today)
    if not places:
        return []
    members = staff_of(places, person_id, today)
    people = {member.person_id for member in members if is_in(Part.NEVER_ACTIVATED, member, today)}
    if not people:
        return []
    title = f"{counted(len(people), 'compte')} jamais {inflected(len(people), 'activé')}"
    address = f"/annuaire/mes-personnels?vue={Part.NEVER_ACTIVATED}"
    return [
        Errand(title, "Dans votre établissement : des lettres sont à remettre", address, "user-off", "Voir")
    ]
