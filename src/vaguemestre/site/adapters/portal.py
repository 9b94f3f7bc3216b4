"""What waits for somebody at other desks, for their home page."""

from datetime import datetime, timedelta

from vaguemestre.access.signin.values import Who
from vaguemestre.desks.enrolment import queries as enrolment
from vaguemestre.desks.helpdesk.queries.hand_overs import pending_hand_overs
from vaguemestre.desks.helpdesk.queries.requests import count_open_requests
from vaguemestre.desks.portal.values import Errand
from vaguemestre.desks.schoolstaff.queries import staff_of
from vaguemestre.desks.schoolstaff.rules.views import ENDING_DAYS, is_in
from vaguemestre.desks.schoolstaff.values import Part
from vaguemestre.foundation.kernel.text.french_dates import moment_fr
from vaguemestre.foundation.kernel.texts import counted, inflected
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.values import AccountRole, AccountState
from vaguemestre.people.directory.queries import PeopleFilter
from vaguemestre.people.lifecycle.queries import places_directed_by
from vaguemestre.schools.lists.queries import held_letters_of

_CODES_SHOWN = 3  # further ones are on the page of hand-overs
_STAFF = "/annuaire/mes-personnels"
_LISTS_SHOWN = 3  # further ones are on the page of lists


def waiting_errands(who: Who, now: datetime) -> list[Errand]:
    """Implements `portal.ports.WaitingErrands`: codes, letters to decide, requests, ends of posts, staff."""
    return [
        *_codes(who, now),
        *_letters(who, now),
        *_requests(who),
        *_ends_of_posts(who, now),
        *_staff(who, now),
    ]


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
    if who.role == AccountRole.HR_OFFICER and (
        count := enrolment.count_waiting(enrolment.scope_of(who.account_id))
    ):
        title = f"{counted(count, 'demande')} de NUMEN"
        errands.append(Errand(title, "À votre service", "/gestion/", "id", "Traiter"))
    if who.role in (AccountRole.HELPDESK, AccountRole.ADMINISTRATOR) and (
        count := count_open_requests(who.office_academy)
    ):
        title = f"{counted(count, 'demande')} à l’assistance"
        errands.append(Errand(title, "Sans réponse", "/assistance/demandes", "message-2", "Répondre"))
    return errands


def _staff(who: Who, now: datetime) -> list[Errand]:
    person_id, today = who.person_id or 0, paris_day(now)
    places = places_directed_by(who.account_id, person_id, today)
    if not places:
        return []
    members = staff_of(places, person_id, today)
    errands = []
    if count := len({member.person_id for member in members if is_in(Part.NEVER_ACTIVATED, member, today)}):
        title = f"{counted(count, 'compte')} jamais {inflected(count, 'activé')}"
        purpose = "Dans votre établissement : des lettres sont à remettre"
        errands.append(Errand(title, purpose, f"{_STAFF}?vue={Part.NEVER_ACTIVATED}", "user-off", "Voir"))
    if count := len({member.person_id for member in members if is_in(Part.ENDING, member, today)}):
        title = f"{counted(count, 'départ')} d’ici trente jours"
        purpose = "Dans votre établissement : un contrat ou un poste prend fin"
        errands.append(Errand(title, purpose, f"{_STAFF}?vue={Part.ENDING}", "calendar", "Voir"))
    return errands


def _ends_of_posts(who: Who, now: datetime) -> list[Errand]:
    """Of whom a service manages: a contract is renewed, or a departure declared, before the last day."""
    if who.role != AccountRole.HR_OFFICER:
        return []
    today = paris_day(now)
    until = today + timedelta(days=ENDING_DAYS)
    criteria = PeopleFilter(day=today, ends_by=until)
    scope = enrolment.scope_of(who.account_id)
    _, count = enrolment.search_people(scope, criteria, state=AccountState.ACTIVE, count=1)
    if not count:
        return []
    title = f"{counted(count, 'départ')} d’ici trente jours"
    address = f"/gestion/personnes?etat=active&fin={until:%d/%m/%Y}"
    return [Errand(title, "À votre service : un poste prend fin", address, "calendar", "Voir")]
