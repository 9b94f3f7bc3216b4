"""Members of lists, and why they are members."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import chain

from django.conf import settings

from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import people_with_mail
from vaguemestre.people.directory.queries import (
    OwnAddress,
    addresses_by_person,
    find_academy_id,
    names_by_person,
    place_names,
    recently_left_posts,
    served_posts,
)
from vaguemestre.people.directory.values import ServedPost
from vaguemestre.people.lifecycle.queries import withdrawn_among
from vaguemestre.schools.lists.models import MailingList, Subscriber
from vaguemestre.schools.lists.rules.members import people_matching, rule_from_json, rule_to_json
from vaguemestre.schools.lists.values import Audience, Kind, Member, Rule, Subscription

SAMPLE_SIZE = 12


def members_of(row: MailingList, now: datetime) -> tuple[Member, ...]:
    """Recipients of a letter sent to the list at that moment, without duplicates, by address."""
    if row.kind == Kind.RULE:
        return rule_members(rule_from_json(row.rule), now, academy_id=academy_of_list(row))
    return _subscribed_members(row, now)


def academy_of_list(row: MailingList) -> int:
    """The académie a list serves: that of its address."""
    return find_academy_id(row.address.rpartition("@")[2])


def rule_members(rule: Rule, now: datetime, *, academy_id: int, person_id: int = 0) -> tuple[Member, ...]:
    """People who match a rule that day and whose mailbox accepts mail; `person_id`: that person only.
    `academy_id`: in whose establishments people serve; 0, an unknown académie, has nobody.

    A former post still counts for the agreed days after a change of post (docs/domain.md §3.6).
    """
    blocks = rule_to_json(rule)
    if not blocks["any"] or not academy_id:
        return ()
    day, overlap = paris_day(now), settings.CONFIG.lifecycle.overlap
    current = served_posts(
        day, [*blocks["any"], *blocks["besides"]], person_id=person_id, academy_id=academy_id
    )
    former = recently_left_posts(day, blocks["any"], overlap, person_id=person_id, academy_id=academy_id)
    reasons = people_matching(rule, chain(current, former))
    people = receiving_accounts(reasons)
    addresses, names = addresses_by_person(people), names_by_person(people)
    return _by_address(
        Member(addresses[person][0].address.lower(), names.get(person, ""), person, reasons[person])
        for person in people
        if addresses.get(person)
    )


def members_with_subscription(row: MailingList, now: datetime) -> tuple[Subscription, ...]:
    """Every member, by address, with their subscription."""
    by_person = dict(row.subscribers.filter(person__isnull=False).values_list("person_id", "pk"))
    by_address = dict(row.subscribers.filter(person__isnull=True).values_list("address", "pk"))
    return tuple(
        Subscription(
            by_person.get(member.person_id, 0) if member.person_id else by_address.get(member.address, 0),
            member,
        )
        for member in members_of(row, now)
    )


def places_of_rule(rule: Rule) -> dict[str, str]:
    """UAI → name of the schools in a rule."""
    return place_names({uai for block in (*rule.any, *rule.besides) for uai in block.uais})


def audience_of(members: Collection[Member], *, sample_size: int = SAMPLE_SIZE) -> Audience:
    """How many members, and a sample spread over all of them."""
    ordered = list(members)
    step = max(1, len(ordered) // sample_size)
    return Audience(len(ordered), tuple(ordered[::step][:sample_size]))


def membership_reasons(row: MailingList, person_id: int, now: datetime) -> tuple[str, ...]:
    """Why a person is a member of the list; empty if they are not."""
    if not person_id:
        return ()
    if row.kind == Kind.RULE:
        rule, academy_id = rule_from_json(row.rule), academy_of_list(row)
        members = rule_members(rule, now, academy_id=academy_id, person_id=person_id)
        return members[0].reasons if members else ()
    if row.subscribers.filter(person_id=person_id).exists() and receiving_accounts([person_id]):
        return _subscribed_members(row, now, person_id=person_id)[0].reasons
    return ()


def posts_of(person_id: int, academy_id: int, now: datetime) -> list[ServedPost]:
    """A person's posts in that académie that day, and the former ones that still count."""
    if not person_id or not academy_id:
        return []
    day, overlap = paris_day(now), settings.CONFIG.lifecycle.overlap
    return [
        *served_posts(day, (), person_id=person_id, academy_id=academy_id),
        *recently_left_posts(day, (), overlap, person_id=person_id, academy_id=academy_id),
    ]


def receiving_accounts(people: Collection[int]) -> dict[int, int]:
    """Person → account, of those whose mailbox accepts mail and who are not on long leave (§3.6)."""
    accounts = people_with_mail(people)
    absent = withdrawn_among(accounts.values())
    return {person: account for person, account in accounts.items() if account not in absent}


def _subscribed_members(row: MailingList, now: datetime, *, person_id: int = 0) -> tuple[Member, ...]:
    rows = row.subscribers.all()
    if person_id:
        rows = rows.filter(person_id=person_id)
    subscribers = list(rows)
    people = receiving_accounts([row.person_id for row in subscribers if row.person_id])
    addresses, names = addresses_by_person(people), names_by_person(people)
    return _by_address(
        _subscribed_member(subscriber, addresses, names)
        for subscriber in subscribers
        if not subscriber.person_id or addresses.get(subscriber.person_id)
    )


def _subscribed_member(
    subscriber: Subscriber, addresses: Mapping[int, list[OwnAddress]], names: Mapping[int, str]
) -> Member:
    how = "inscription de votre part" if subscriber.by_self else "inscription par un propriétaire de la liste"
    reasons = (f"{how}, le {paris_day(subscriber.since):%d/%m/%Y}",)
    if subscriber.person_id:
        address = addresses[subscriber.person_id][0].address.lower()
        return Member(address, names[subscriber.person_id], subscriber.person_id, reasons)
    return Member(subscriber.address, subscriber.name, 0, reasons)


def _by_address(members: Iterable[Member]) -> tuple[Member, ...]:
    """Sorted by address; the first of several members with the same address."""
    unique: dict[str, Member] = {}
    for member in members:
        unique.setdefault(member.address, member)
    return tuple(unique[address] for address in sorted(unique))
