"""Creation, rules, settings and managers of lists."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from vaguemestre.access.signin.queries import academies_hidden_from
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import list_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import identified, people_with_mail
from vaguemestre.people.credentials.services import NewAccount, change_states, open_boxes
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.people.directory.queries import (
    academies_of,
    people_by_address,
    primary_address,
    served_places,
    serves_since,
)
from vaguemestre.people.directory.services import take_address, take_technical_names
from vaguemestre.people.lifecycle.queries import withdrawn_among
from vaguemestre.schools.lists.models import ListRole, MailingList
from vaguemestre.schools.lists.queries import academy_of_list, active_owners, heads_of_schools, role_in
from vaguemestre.schools.lists.rules.list_address import local_part
from vaguemestre.schools.lists.rules.members import rule_to_json
from vaguemestre.schools.lists.values import Criteria, Files, Kind, ReplyTo, Role, Rule, Writers

QUOTA_MB = 5120
_ACADEMY_WIDE_ROLES = frozenset((AccountRole.ADMINISTRATOR, AccountRole.HR_OFFICER))
_HEAD_FUNCTION = "DIR"


@dataclass(frozen=True, slots=True)
class NewList:
    """A list to create. `within`: UAI of the only school it may reach; empty: the whole académie."""

    title: str
    name: str
    kind: Kind
    description: str = ""
    within: str = ""


@dataclass(frozen=True, slots=True)
class ListSettings:
    """Settings of a list. Fields are columns of MailingList."""

    title: str
    description: str
    writers: Writers
    is_moderated: bool
    refuses_others: bool
    reply_to: ReplyTo
    files: Files
    has_archive: bool
    may_join: bool


@dataclass(frozen=True, slots=True)
class Creator:
    """Who creates a list, and becomes its owner."""

    account_id: int
    person_id: int
    role: AccountRole


@dataclass(frozen=True, slots=True)
class CreationScope:
    """For whom a person may create lists: the whole académie, some schools (UAI, name)."""

    is_academy_wide: bool
    places: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        return self.is_academy_wide or bool(self.places)


def creation_scope(creator: Creator, now: datetime) -> CreationScope:
    """Schools a person leads; the whole académie for administrators and HR officers. Nothing once gone."""
    if withdrawn_among([creator.account_id]):
        return CreationScope(is_academy_wide=False, places=())
    posts = served_places(creator.person_id, paris_day(now)) if creator.person_id else []
    places = {place.uai: place.name for post, place in posts if post.function == _HEAD_FUNCTION}
    return CreationScope(creator.role in _ACADEMY_WIDE_ROLES, tuple(places.items()))


@transaction.atomic(durable=True)
def create_list(creator: Creator, new: NewList, domain: str, *, by: str, now: datetime) -> int:
    """Create a list and its mailbox. Returns its id. Its address is new, and never given again.

    Raises Refusal `lists.not-allowed`, `lists.name-malformed`, `directory.address-taken`.
    """
    scope = creation_scope(creator, now)
    if not (scope.is_academy_wide or new.within in dict(scope.places)):
        raise Refusal("lists.not-allowed")
    address = f"{local_part(new.name, new.within)}@{domain}"
    take_address(None, address)
    username = f"liste-{secrets.token_hex(8)}"
    take_technical_names(username, address)
    box = NewAccount(None, username, address, QUOTA_MB)
    account_id = open_boxes([box], by=by, now=now)[0]
    row = MailingList.objects.create(
        account_id=account_id,
        address=address,
        title=new.title,
        description=new.description,
        kind=new.kind,
        within=new.within,
        created_at=now,
    )
    given_on = _counts_from(row, creator.person_id, now)
    ListRole.objects.create(list=row, account_id=creator.account_id, role=Role.OWNER, given_on=given_on)
    record("lists.made", to=list_subject(row.pk), by=by, at=now, address=address)
    return int(row.pk)


@transaction.atomic(durable=True)
def change_rule(list_id: int, account_id: int, rule: Rule, *, by: str, now: datetime) -> None:
    """Change the rule of a list, limited to its school if it has one. Raises Refusal `lists.gone`."""
    row = owned_list(list_id, account_id, now)
    row.rule = rule_to_json(limited_to_school(rule, row.within))
    row.save(update_fields=("rule",))
    record("lists.rule-changed", to=list_subject(list_id), by=by, at=now)


def limited_to_school(rule: Rule, within: str) -> Rule:
    """The rule, with every block of `any` limited to that school."""
    if not within:
        return rule
    blocks = rule.any or (Criteria(),)
    return Rule(tuple(replace(block, uais=(within,)) for block in blocks), rule.besides)


@transaction.atomic(durable=True)
def change_settings(list_id: int, account_id: int, settings: ListSettings, *, by: str, now: datetime) -> None:
    """Raises Refusal `lists.gone`."""
    row = owned_list(list_id, account_id, now)
    for name in ListSettings.__slots__:
        setattr(row, name, getattr(settings, name))
    row.save(update_fields=tuple(ListSettings.__slots__))
    record("lists.settings-changed", to=list_subject(list_id), by=by, at=now, writers=settings.writers)


@transaction.atomic(durable=True)
def close_list(list_id: int, account_id: int, *, by: str, now: datetime) -> None:
    """Close a list for good; its address is never given again. Raises Refusal `lists.gone`."""
    row = owned_list(list_id, account_id, now)
    row.closed_at = now
    row.save(update_fields=("closed_at",))
    change_states([row.account_id], "close", by=by, now=now)
    record("lists.closed", to=list_subject(list_id), by=by, at=now)


@transaction.atomic(durable=True)
def set_role(list_id: int, account_id: int, address: str, role: Role, *, by: str, now: datetime) -> None:
    """Add a manager, or change their role. `account_id`: the owner who does it.

    Raises Refusal `lists.gone`, `lists.nobody-inside`, `lists.last-owner`.
    """
    row = owned_list(list_id, account_id, now)
    person_id = _colleague_at(address.strip().lower(), row)
    manager_id = people_with_mail([person_id]).get(person_id) if person_id else None
    if manager_id is None:
        raise Refusal("lists.nobody-inside", address=address.strip()[:254])
    given = {"role": role, "given_on": _counts_from(row, person_id, now)}
    ListRole.objects.update_or_create(list_id=list_id, account_id=manager_id, defaults=given)
    _check_has_owner(row, now)
    record("lists.manager-added", to=list_subject(list_id), by=by, at=now, account=manager_id, part=role)


def _colleague_at(address: str, row: MailingList) -> int | None:
    """The person at that address, if they are a colleague of the people of the list's académie."""
    person_id = people_by_address([address]).get(address)
    hidden = academies_hidden_from(academy_of_list(row))
    if person_id is None or (hidden and academies_of([person_id]).get(person_id) in hidden):
        return None
    return person_id


def _counts_from(row: MailingList, person_id: int | None, now: datetime) -> date:
    """The day to hold the post against: its first one, for a feed may tell late that it had ended already.

    Whoever has no post there is given the role for itself, from today.
    """
    today = paris_day(now)
    if not (row.within and person_id):
        return today
    return serves_since(person_id, row.within, today) or today


@transaction.atomic(durable=True)
def remove_role(list_id: int, account_id: int, manager_id: int, *, by: str, now: datetime) -> None:
    """Remove a manager. `account_id`: the owner who does it. Idempotent.

    Raises Refusal `lists.gone`, `lists.last-owner`.
    """
    row = owned_list(list_id, account_id, now)
    removed, _ = ListRole.objects.filter(list_id=list_id, account_id=manager_id).delete()
    _check_has_owner(row, now)
    if not removed:
        return
    record("lists.manager-removed", to=list_subject(list_id), by=by, at=now, account=manager_id)


def owned_list(list_id: int, account_id: int, now: datetime) -> MailingList:
    """The open list, locked, if the account owns it. Raises Refusal `lists.gone`."""
    return _locked_list(list_id, account_id, (Role.OWNER,), now)


def managed_list(list_id: int, account_id: int, now: datetime) -> MailingList:
    """The open list, locked, if the account manages it. Raises Refusal `lists.gone`."""
    return _locked_list(list_id, account_id, (Role.OWNER, Role.MODERATOR), now)


def owner_addresses(row: MailingList, now: datetime) -> tuple[str, ...]:
    """Addresses of the list's owners by name, or else of the heads of its school."""
    owners = active_owners(now).filter(list_id=row.pk).order_by("pk")
    people = [person for person in owners.values_list("account__person_id", flat=True) if person]
    if not people and row.within:
        heads = heads_of_schools([row.within], now).get(row.within, ())
        people = [person for head in heads if (person := identified(head).person_id)]
    addresses = (primary_address(person) for person in people)
    return tuple(address for address in addresses if address)


def _locked_list(list_id: int, account_id: int, roles: Collection[Role], now: datetime) -> MailingList:
    row = MailingList.objects.select_for_update().filter(pk=list_id, closed_at__isnull=True).first()
    if row is None or role_in(list_id, account_id, now) not in roles:
        raise Refusal("lists.gone")
    return row


def _check_has_owner(row: MailingList, now: datetime) -> None:
    """The head of its school is one, whoever has a role by name. Raises Refusal `lists.last-owner`."""
    has_named = ListRole.objects.filter(list_id=row.pk, role=Role.OWNER).exists()
    if not has_named and not (row.within and heads_of_schools([row.within], now).get(row.within)):
        raise Refusal("lists.last-owner")
