"""Making lists, how they take mail, who keeps them."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import people_with_mail
from vaguemestre.people.credentials.services import NewAccount, change_states, open_boxes
from vaguemestre.people.directory.queries import people_by_address, primary_address, served_places
from vaguemestre.people.directory.services import take_address, take_technical_names
from vaguemestre.people.lifecycle.queries import withdrawn
from vaguemestre.schools.lists.models import Keeper, MailingList
from vaguemestre.schools.lists.queries import part_in
from vaguemestre.schools.lists.rules.list_address import local_part
from vaguemestre.schools.lists.rules.members import as_json
from vaguemestre.schools.lists.values import Criteria, Files, Kind, Part, ReplyTo, Rule, Writers

QUOTA_MB = 5120
_EVERYWHERE = frozenset(("administrator", "hr_officer"))
_HEAD = "DIR"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list to make. `within`: the UAI of the one school it speaks to; empty: the whole académie."""

    title: str
    name: str
    kind: Kind
    description: str = ""
    within: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a list takes mail, as its owner chooses."""

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
class Maker:
    """Who makes a list: it is theirs from then on."""

    account_id: int
    person_id: int
    role: str


def reach_of(maker: Maker, now: datetime) -> tuple[bool, tuple[tuple[str, str], ...]]:
    """Whether somebody may make lists for the whole académie, and the schools (UAI, name) they may for."""
    led = served_places(maker.person_id, paris_day(now)) if maker.person_id else []
    places = {place.uai: place.name for post, place in led if post.function == _HEAD}
    return maker.role in _EVERYWHERE, tuple(places.items())


@transaction.atomic(durable=True)
def make_list(maker: Maker, wanted: Wanted, domain: str, *, by: str, now: datetime) -> int:
    """A list and its mailbox; its number. Its address was never anybody's and never will be.

    Raises Refusal `lists.not-allowed`, `lists.name-malformed`, `directory.address-taken`.
    """
    everywhere, places = reach_of(maker, now)
    if not (everywhere or wanted.within in dict(places)):
        raise Refusal("lists.not-allowed")
    address = f"{local_part(wanted.name, wanted.within)}@{domain}"
    take_address(None, address)
    username = f"liste-{secrets.token_hex(8)}"
    take_technical_names(username, address)
    box = NewAccount(None, username, address, QUOTA_MB)
    account_id = open_boxes([box], by=by, now=now)[0]
    row = MailingList.objects.create(
        account_id=account_id,
        address=address,
        title=wanted.title,
        description=wanted.description,
        kind=wanted.kind,
        within=wanted.within,
        created_at=now,
    )
    Keeper.objects.create(list=row, account_id=maker.account_id, part=Part.OWNER)
    record("lists.made", to=f"list:{row.pk}", by=by, at=now, address=address)
    return int(row.pk)


@transaction.atomic(durable=True)
def change_rule(list_id: int, account_id: int, rule: Rule, *, by: str, now: datetime) -> None:
    """Who the list means from now on. One of a school never speaks beyond it. Raises Refusal `lists.gone`."""
    row = owned(list_id, account_id, now)
    row.rule = as_json(kept_within(rule, row.within))
    row.save(update_fields=("rule",))
    record("lists.rule-changed", to=f"list:{list_id}", by=by, at=now)


def kept_within(rule: Rule, within: str) -> Rule:
    """The rule, with every block that means somebody held to that school."""
    if not within:
        return rule
    blocks = rule.any or (Criteria(),)
    return Rule(tuple(_at(one, within) for one in blocks), rule.besides)


def _at(criteria: Criteria, uai: str) -> Criteria:
    asked = {name: getattr(criteria, name) for name in Criteria.__slots__}
    return Criteria(**{**asked, "uais": (uai,)})


@transaction.atomic(durable=True)
def change_settings(list_id: int, account_id: int, chosen: Settings, *, by: str, now: datetime) -> None:
    """Raises Refusal `lists.gone`."""
    row = owned(list_id, account_id, now)
    for name in Settings.__slots__:
        setattr(row, name, getattr(chosen, name))
    row.save(update_fields=tuple(Settings.__slots__))
    record("lists.settings-changed", to=f"list:{list_id}", by=by, at=now, writers=chosen.writers)


@transaction.atomic(durable=True)
def close_list(list_id: int, account_id: int, *, by: str, now: datetime) -> None:
    """Nothing goes through any more; its address is never anybody's again. Raises Refusal `lists.gone`."""
    row = owned(list_id, account_id, now)
    row.closed_at = now
    row.save(update_fields=("closed_at",))
    change_states([row.account_id], "close", by=by, now=now)
    record("lists.closed", to=f"list:{list_id}", by=by, at=now)


@transaction.atomic(durable=True)
def add_keeper(list_id: int, account_id: int, address: str, part: Part, *, by: str, now: datetime) -> None:
    """Raises Refusal `lists.gone`, `lists.nobody-inside`, `lists.last-owner`."""
    owned(list_id, account_id, now)
    person = people_by_address([address.strip()]).get(address.strip().lower())
    found = people_with_mail([person]).get(person) if person else None
    if found is None:
        raise Refusal("lists.nobody-inside", address=address.strip()[:254])
    Keeper.objects.update_or_create(list_id=list_id, account_id=found, defaults={"part": part})
    _check_owned(list_id)
    record("lists.keeper-added", to=f"list:{list_id}", by=by, at=now, account=found, part=part)


@transaction.atomic(durable=True)
def remove_keeper(list_id: int, account_id: int, whose: int, *, by: str, now: datetime) -> None:
    """Raises Refusal `lists.gone`, `lists.last-owner`."""
    owned(list_id, account_id, now)
    Keeper.objects.filter(list_id=list_id, account_id=whose).delete()
    _check_owned(list_id)
    record("lists.keeper-removed", to=f"list:{list_id}", by=by, at=now, account=whose)


def owned(list_id: int, account_id: int, now: datetime) -> MailingList:
    """The open list, of one of its owners. Inside the caller's transaction. Raises Refusal `lists.gone`."""
    return _kept(list_id, account_id, (Part.OWNER,), now)


def kept(list_id: int, account_id: int, now: datetime) -> MailingList:
    """The open list, of one of its owners or moderators. Inside the caller's transaction."""
    return _kept(list_id, account_id, (Part.OWNER, Part.MODERATOR), now)


def owner_addresses(row: MailingList) -> tuple[str, ...]:
    """Where its owners are written to."""
    people = row.keepers.filter(part=Part.OWNER, account__state="active").order_by("pk")
    people = people.exclude(account_id__in=withdrawn())
    found = (primary_address(one) for one in people.values_list("account__person_id", flat=True) if one)
    return tuple(address for address in found if address)


def _kept(list_id: int, account_id: int, parts: Collection[str], now: datetime) -> MailingList:
    row = MailingList.objects.select_for_update().filter(pk=list_id, closed_at__isnull=True).first()
    if row is None or part_in(list_id, account_id, now) not in parts:
        raise Refusal("lists.gone")
    return row


def _check_owned(list_id: int) -> None:
    if not Keeper.objects.filter(list_id=list_id, part=Part.OWNER).exists():
        raise Refusal("lists.last-owner")
