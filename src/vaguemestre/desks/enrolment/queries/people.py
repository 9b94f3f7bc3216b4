"""People of an officer's services; whoever else is there shows only that they exist, and where to ask."""

from vaguemestre.desks.enrolment.queries.requests import reference_of
from vaguemestre.desks.enrolment.values import Applicant, Letter, Probable, Scope
from vaguemestre.foundation.journal.queries import Kept, lines_about
from vaguemestre.people.credentials.queries import account_of_person, has_namesake, presented
from vaguemestre.people.directory import queries as directory
from vaguemestre.people.directory.queries import ManagedPerson
from vaguemestre.people.directory.rules.similarity import NEEDS_REVIEW, MatchReason
from vaguemestre.people.directory.values import CivilStatus, NumenKeys, StaffCategory

PAGE = 30
_STORY = 60
_OF_THE_ACCOUNT = ("credentials.account-", "credentials.mailbox-", "directory.civil-status-")


def person_in(scope: Scope, person_id: int) -> ManagedPerson | None:
    return directory.managed_person(scope.services, person_id)


def people_found(
    scope: Scope, typed: str, *, category: str = "", order: str = "nom", first: int = 0, count: int = PAGE
) -> tuple[tuple[ManagedPerson, ...], int]:
    """A page of the people of the scope that hold every word typed; how many there are."""
    return directory.managed_people(
        scope.services, typed, first=first, count=count, category=category, order=order
    )


def civil_of(applicant: Applicant) -> CivilStatus:
    """The civil status somebody says is theirs."""
    return CivilStatus(
        applicant.civility,
        applicant.birth_name,
        applicant.usage_name,
        applicant.first_name,
        applicant.birth_date,
    )


def near_people(scope: Scope, civil: CivilStatus, uai: str, keys: NumenKeys) -> tuple[Probable, ...]:
    """Who somebody about to be created may be, the likeliest first. `uai`: their school; "" if unknown.

    Of another service's people only the service is told, and nothing of mere namesakes elsewhere.
    """
    near = []
    for one in directory.similar_people(scope.academy_id, civil, [uai] if uai else []):
        person, reason = one.person, one.reason
        if person.service_id in scope.services:
            masked = masked_numen_of(person.person_id, keys)
            born = person.civil.birth_date if person.civil else None
            near.append(
                Probable(person.person_id, person.name, person.place, person.service, masked, born, reason)
            )
        elif reason is not MatchReason.NAMESAKE:
            near.append(Probable(0, "", "", person.service, "", None, reason))
    return tuple(near)


def masked_numen_of(person_id: int, keys: NumenKeys) -> str:
    """`20E••••••••BC`, or "" for somebody who has none."""
    numen = directory.current_numen(person_id, keys)
    return numen.masked if numen else ""


def is_school(academy_id: int, uai: str) -> bool:
    return directory.is_open_structure(academy_id, uai)


def schools_like(academy_id: int, words: str) -> tuple[tuple[str, str], ...]:
    """(UAI, name and town) of the few open establishments that hold every word."""
    return directory.matching_structures(academy_id, words, limit=6)


def service_for(academy_id: int, category: StaffCategory, uai: str) -> int:
    return directory.managing_service_id(academy_id, category, uai)


def needs_review(academy_id: int, civil: CivilStatus, uai: str) -> bool:
    """Whether somebody of the académie, in any service, must first be told apart from that one."""
    return any(one.reason in NEEDS_REVIEW for one in directory.similar_people(academy_id, civil, [uai]))


def letter_of(
    scope: Scope,
    person_id: int,
    keys: NumenKeys,
    postal: str,
    academy: str,
    web: str,
    *,
    writer: str = "",
) -> Letter | None:
    """What the letter to somebody of the scope says; None without a NUMEN or an account."""
    person, account = person_in(scope, person_id), account_of_person(person_id)
    numen = directory.current_numen(person_id, keys) if person else None
    shown = presented(account.account_id) if account else None
    civil = person.civil if person else None
    if person is None or civil is None or numen is None or shown is None:
        return None
    card = directory.service_card_of(person.service_id)
    return Letter(
        civility=civil.civility,
        name=f"{civil.civility} {civil.shown_first_name} {civil.shown_last_name}".strip(),
        postal=postal,
        service=person.service,
        service_code=card.code if card else "",
        service_postal=card.postal if card else "",
        reached=tuple(one for one in (card.phone, card.address) if one) if card else (),
        academy=academy,
        reference=reference_of(person_id),
        writer=writer,
        username=shown.username,
        has_namesake=has_namesake(shown.account_id),
        address=shown.address,
        numen=numen.text,
        activation=f"{web}/assistant/",
    )


def story_of(person: ManagedPerson) -> list[Kept]:
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
