"""The staff of the establishments that somebody directs."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from vaguemestre.desks.bulk.rules.letter_text import Letter
from vaguemestre.desks.schoolstaff.rules.stays import ending_by, stay_on
from vaguemestre.desks.schoolstaff.rules.views import week_of
from vaguemestre.desks.schoolstaff.values import StaffMember, Stay
from vaguemestre.people.credentials.queries import accounts_by_person
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory.queries import (
    HeadedPlace,
    StaffPost,
    addresses_by_person,
    person_summaries,
    staff_posts,
)
from vaguemestre.people.directory.rules.nomenclature import function_label
from vaguemestre.people.lifecycle.queries import declared_departures


def staff_of(places: Collection[HeadedPlace], head_id: int, today: date) -> list[StaffMember]:
    """Who serves there today or begins this week, the head left out, by name.

    Somebody with posts in two of the establishments is there twice. Whose account is closed is left out.
    """
    last_day = week_of(today).last
    by_stay: defaultdict[tuple[int, int], list[StaffPost]] = defaultdict(list)
    for post in staff_posts([place.structure_id for place in places], today, last_day):
        if post.person_id != head_id:
            by_stay[post.person_id, post.structure_id].append(post)
    accounts = accounts_by_person({person_id for person_id, _ in by_stay})
    departures = declared_departures([account.account_id for account in accounts.values()])
    members = []
    for (person_id, _), posts in by_stay.items():
        account = accounts.get(person_id)
        stay = stay_on((Stay(post.starts_on, post.ends_on) for post in posts), today, last_day)
        if stay is not None and (account is None or account.state != AccountState.CLOSED):
            is_activated = None if account is None else account.state != AccountState.PENDING
            stay = ending_by(stay, departures.get(account.account_id) if account else None)
            if stay.until is None or stay.until >= today:
                members.append(_member(posts, stay, is_activated))
    return sorted(members, key=lambda member: (member.sorted_as, member.person_id, member.place))


def letters_to(members: Collection[StaffMember], site: str, paragraph: str) -> list[Letter]:
    """An activation letter for each member who never activated their account. `site`: of their pages.

    `paragraph`: their académie's own, or "".
    """
    waiting = [member for member in members if member.is_activated is False]
    ids = {member.person_id for member in waiting}
    people, accounts, addresses = person_summaries(ids), accounts_by_person(ids), addresses_by_person(ids)
    return [
        Letter(
            member.name,
            accounts[member.person_id].username,
            own[0].address if (own := addresses.get(member.person_id)) else "",
            member.place,
            people[member.person_id].academy,
            member.place,
            site,
            paragraph,
        )
        for member in waiting
    ]


def _member(posts: Collection[StaffPost], stay: Stay, is_activated: bool | None) -> StaffMember:
    latest = max(posts, key=lambda post: (post.starts_on, post.is_primary))
    return StaffMember(
        latest.person_id,
        latest.name,
        latest.sorted_as,
        latest.public_id if latest.is_listed else None,
        latest.structure_id,
        latest.place,
        function_label(latest.function),
        stay,
        is_activated,
    )
