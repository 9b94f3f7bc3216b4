"""People of an officer's services. Of other people, only their existence and service are disclosed."""

from collections.abc import Collection

from vaguemestre.access.signin.queries import outreaches
from vaguemestre.desks.enrolment.queries.requests import reference_of
from vaguemestre.desks.enrolment.values import Applicant, DeliveryLetter, LikelyPerson, Scope
from vaguemestre.foundation.journal.queries import EntrySummary, entries_about
from vaguemestre.foundation.journal.values import account_subject, person_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import (
    account_of_person,
    has_namesake,
    people_in_state,
    presented,
)
from vaguemestre.people.credentials.rules.second_factors import GUARDED_ROLES
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory import queries as directory
from vaguemestre.people.directory.queries import ManagedPerson
from vaguemestre.people.directory.rules.similarity import NEEDS_REVIEW, MatchReason
from vaguemestre.people.directory.values import CivilStatus, NumenKeys, StaffCategory
from vaguemestre.people.lifecycle.queries import is_deceased

PAGE = 30
_EXPORT_PAGE = 1000
_HISTORY_LINES = 60
_ACCOUNT_ACTIONS = ("credentials.account-", "credentials.mailbox-", "directory.civil-status-")


def person_in(scope: Scope, person_id: int) -> ManagedPerson | None:
    return directory.managed_person(scope.services, person_id)


def is_own_record(scope: Scope, person_id: int) -> bool:
    """Whether that person is the officer."""
    status = account_of_person(person_id)
    return status is not None and status.account_id == scope.officer_id


def is_within_reach(scope: Scope, person_id: int) -> bool:
    """Whether the officer may act on that person of the scope.

    Not on an administrator, nor on an office of all académies unless their own is one: whoever takes such an
    account would act on everybody. Nor on an auditor, who reads what officers do. Administrators take the
    office back first. Nor on themselves.
    """
    status = account_of_person(person_id)
    if is_own_record(scope, person_id):
        return False
    account = presented(status.account_id) if status else None
    return account is None or not (account.role in GUARDED_ROLES or outreaches(account, scope.officer_id))


def check_reach(scope: Scope, person_id: int) -> None:
    """Raises Refusal `enrolment.on-yourself` or `…not-on-wider-office` unless `is_within_reach`."""
    if is_own_record(scope, person_id):
        raise Refusal("enrolment.on-yourself")
    if not is_within_reach(scope, person_id):
        raise Refusal("enrolment.not-on-wider-office")


def search_people(
    scope: Scope,
    criteria: directory.PeopleFilter,
    *,
    state: AccountState | None = None,
    order: str = "nom",
    first: int = 0,
    count: int = PAGE,
) -> tuple[tuple[ManagedPerson, ...], int]:
    """A page of the people of the scope that match, and their total. `state`: of the account, or any."""
    among = people_in_state(state) if state else None
    return directory.managed_people(
        scope.services, criteria, first=first, count=count, order=order, among=among
    )


def all_people(
    scope: Scope, criteria: directory.PeopleFilter, *, state: AccountState | None = None, order: str = "nom"
) -> list[ManagedPerson]:
    """All the people of `search_people`."""
    people: list[ManagedPerson] = []
    total = 1
    while len(people) < total:
        page, total = search_people(
            scope, criteria, state=state, order=order, first=len(people), count=_EXPORT_PAGE
        )
        if not page:
            break
        people += page
    return people


def people_in(scope: Scope, person_ids: Collection[int]) -> list[ManagedPerson]:
    """The people, among these, whom the services manage, in the same order."""
    people = (person_in(scope, person_id) for person_id in dict.fromkeys(person_ids))
    return [person for person in people if person]


def civil_of(applicant: Applicant) -> CivilStatus:
    """The civil status an applicant declares."""
    return CivilStatus(
        applicant.civility,
        applicant.birth_name,
        applicant.usage_name,
        applicant.first_name,
        applicant.birth_date,
    )


def likely_people(scope: Scope, civil: CivilStatus, uai: str, keys: NumenKeys) -> tuple[LikelyPerson, ...]:
    """The people who may be the applicant, likeliest first. `uai`: the school; "" if unknown.

    Of another service's people only the service is given; mere namesakes there are left out.
    """
    people = []
    for match in directory.similar_people(scope.academy_id, civil, [uai] if uai else []):
        person, reason = match.person, match.reason
        if person.service_id in scope.services:
            masked = masked_numen_of(person.person_id, keys)
            birth_date = person.civil.birth_date if person.civil else None
            people.append(
                LikelyPerson(
                    person.person_id, person.name, person.place, person.service, masked, birth_date, reason
                )
            )
        elif reason is not MatchReason.NAMESAKE:
            people.append(LikelyPerson(0, "", "", person.service, "", None, reason))
    return tuple(people)


def masked_numen_of(person_id: int, keys: NumenKeys) -> str:
    """The NUMEN as `20E••••••••BC`, or "" if the person has none."""
    return directory.current_masked_numen(person_id, keys)


def is_school(academy_id: int, uai: str) -> bool:
    return directory.is_open_structure(academy_id, uai)


def search_schools(academy_id: int, words: str) -> tuple[tuple[str, str], ...]:
    """(UAI, name and town) of at most six open establishments that match every word."""
    return directory.matching_structures(academy_id, words, limit=6)


def service_in_charge_of(academy_id: int, category: StaffCategory, uai: str) -> int:
    return directory.managing_service_id(academy_id, category, uai)


def has_probable_match(academy_id: int, civil: CivilStatus, uai: str) -> bool:
    """Whether the académie has a person, in any service, to rule out before creating this one."""
    return any(match.reason in NEEDS_REVIEW for match in directory.similar_people(academy_id, civil, [uai]))


def letter_of(
    scope: Scope,
    person_id: int,
    postal: str,
    academy: str,
    web: str,
    *,
    writer: str = "",
) -> DeliveryLetter | None:
    """The letter to a person of the scope, its NUMEN left out.

    None without a NUMEN or an account, once their death is declared, or out of the officer's reach.
    """
    person, account = person_in(scope, person_id), account_of_person(person_id)
    identity = presented(account.account_id) if account else None
    civil = person.civil if person else None
    if person is None or civil is None or identity is None or not directory.has_numen(person_id):
        return None
    if is_deceased(identity.account_id) or not is_within_reach(scope, person_id):
        return None
    card = directory.service_card_of(person.service_id)
    is_activated = identity.state != AccountState.PENDING
    return DeliveryLetter(
        civility=civil.civility,
        name=f"{civil.civility} {civil.shown_first_name} {civil.shown_last_name}".strip(),
        postal=postal,
        service=person.service,
        service_code=card.code if card else "",
        service_postal=card.postal if card else "",
        contacts=tuple(part for part in (card.phone, card.address) if part) if card else (),
        academy=academy,
        reference=reference_of(person_id),
        writer=writer,
        username=identity.username,
        has_namesake=has_namesake(identity.account_id),
        address=identity.address,
        numen="",
        page=f"{web}/alogin" if is_activated else f"{web}/assistant/",
        is_activated=is_activated,
    )


def history_of(person: ManagedPerson) -> list[EntrySummary]:
    """The journal lines about a person and their account, newest first.

    If their civil status was erased, the lines about the account only.
    """
    person_id = person.person_id
    lines = entries_about(person_subject(person_id), limit=_HISTORY_LINES)
    account = account_of_person(person_id)
    if account:
        lines += entries_about(account_subject(account.account_id), limit=_HISTORY_LINES)
    if person.erased_at:
        lines = [line for line in lines if line.action.startswith(_ACCOUNT_ACTIONS)]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:_HISTORY_LINES]
