"""People of an officer's services; whoever else is there shows only that they exist, and where to ask."""

from vaguemestre.credentials.queries import account_of_person, has_namesake, presented
from vaguemestre.directory import queries as directory
from vaguemestre.directory.queries import Managed
from vaguemestre.directory.values import CivilStatus, NumenKeys, StaffCategory
from vaguemestre.enrolment.rules.resemblance import SAME, resemblance
from vaguemestre.enrolment.values import Applicant, Letter, Probable, Scope
from vaguemestre.journal.queries import Kept, lines_about

PAGE = 30
_STORY = 60
_OF_THE_ACCOUNT = ("credentials.account-", "credentials.mailbox-", "directory.civil-status-")


def person_in(scope: Scope, person_id: int) -> Managed | None:
    return directory.managed_person(scope.services, person_id)


def people_found(
    scope: Scope, typed: str, *, category: str = "", order: str = "nom", first: int = 0, count: int = PAGE
) -> tuple[tuple[Managed, ...], int]:
    """A page of the people of the scope that hold every word typed; how many there are."""
    return directory.managed_people(
        scope.services, typed, first=first, count=count, category=category, order=order
    )


def probable_people(scope: Scope, applicant: Applicant, keys: NumenKeys) -> tuple[Probable, ...]:
    """Who the applicant may be, the likeliest first. Of another service's people only the service is told."""
    names = (applicant.birth_name, applicant.usage_name, applicant.first_name)
    found = []
    for one in directory.born_on(scope.academy_id, applicant.birth_date):
        alike = resemblance(names, _names(one))
        if alike and one.service_id in scope.services:
            masked = masked_numen_of(one.person_id, keys)
            found.append(Probable(one.person_id, one.name, one.place, one.service, masked, alike))
        elif alike == SAME:
            found.append(Probable(0, "", "", one.service, "", alike))
    return tuple(sorted(found, key=lambda one: (one.certainty != SAME, one.name)))


def masked_numen_of(person_id: int, keys: NumenKeys) -> str:
    """`20E••••••••BC`, or "" for somebody who has none."""
    numen = directory.current_numen(person_id, keys)
    return numen.masked if numen else ""


def is_school(academy_id: int, uai: str) -> bool:
    return directory.is_structure(academy_id, uai)


def schools_like(academy_id: int, words: str) -> tuple[tuple[str, str], ...]:
    """(UAI, name and town) of the few open establishments that hold every word."""
    return directory.structures_like(academy_id, words, limit=6)


def service_for(academy_id: int, category: StaffCategory, uai: str) -> int:
    return directory.service_in_charge_of(academy_id, category, uai)


def is_known(academy_id: int, civil: CivilStatus) -> bool:
    """Whether somebody of those names and that birth date is there already, in any service."""
    names = (civil.birth_name, civil.usage_name, civil.first_name)
    found = directory.born_on(academy_id, civil.birth_date)
    return any(resemblance(names, _names(one)) == SAME for one in found)


def _names(one: Managed) -> tuple[str, str, str]:
    civil = one.civil
    return (civil.birth_name, civil.usage_name, civil.first_name) if civil else ("", "", "")


def letter_of(
    scope: Scope, person_id: int, keys: NumenKeys, postal: str, academy: str, web: str
) -> Letter | None:
    """What the letter to somebody of the scope says; None without a NUMEN or an account."""
    person, account = person_in(scope, person_id), account_of_person(person_id)
    numen = directory.current_numen(person_id, keys) if person else None
    shown = presented(account.account_id) if account else None
    civil = person.civil if person else None
    if person is None or civil is None or numen is None or shown is None:
        return None
    return Letter(
        name=f"{civil.civility} {civil.shown_first_name} {civil.shown_last_name}".strip(),
        postal=postal,
        service=person.service,
        reached=_reached(person.service_id),
        academy=academy,
        username=shown.username,
        has_namesake=has_namesake(shown.account_id),
        address=shown.address,
        numen=numen.text,
        activation=f"{web}/assistant/",
    )


def _reached(service_id: int) -> tuple[str, ...]:
    card = directory.service_card_of(service_id)
    return tuple(one for one in (card.phone, card.address, card.postal) if one) if card else ()


def story_of(person: Managed) -> list[Kept]:
    """What the journal holds about somebody and their account, newest first.

    Of somebody whose civil status was erased, the account only: nothing of what happened to them.
    """
    person_id = person.person_id
    lines = lines_about(f"person:{person_id}", limit=_STORY)
    account = account_of_person(person_id)
    if account:
        lines += lines_about(f"account:{account.account_id}", limit=_STORY)
    if person.erased_at:
        lines = [line for line in lines if line.action.startswith(_OF_THE_ACCOUNT)]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:_STORY]
