"""Current access to mailboxes, checked at every request without a cache."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.lifecycle.queries import withdrawn_accounts
from vaguemestre.schools.sharing.models import Box, Member
from vaguemestre.schools.sharing.rules.box_rights import parse_box_session
from vaguemestre.schools.sharing.values import Access, BoxKind, Right

_ACCENTS = {"a": "[aàâä]", "c": "[cç]", "e": "[eéèêë]", "i": "[iîï]", "o": "[oôö]", "u": "[uùûü]"}
_COLUMNS = (
    "box_id",
    "box__account_id",
    "box__account__mailbox",
    "box__address",
    "box__title",
    "box__kind",
    "right",
    "is_owner",
    "ends_at",
)
_MEMBERSHIP = ("box_id", "account_id", "ends_at")


class DelegationTerms(NamedTuple):
    """`account_id`: the delegate's. `inbox_only`: nothing but the inbox is delegated."""

    account_id: int
    inbox_only: bool
    may_write: bool


type SessionsOpenUntil = Callable[[set[str], datetime], Mapping[str, datetime]]


@dataclass(frozen=True, slots=True)
class BoxCard:
    """The identity of a mailbox."""

    box_id: int
    account_id: int
    mailbox: str
    address: str
    title: str
    kind: BoxKind
    academy_id: int
    is_open: bool


def boxes_of(account_id: int, now: datetime) -> list[Access]:
    """The mailboxes an account may open besides its own, by title."""
    # Most accounts have none: a cheap query avoids the joins.
    if not Member.objects.filter(account_id=account_id, ended_at__isnull=True).exists():
        return []
    rows = current_members(now).filter(account_id=account_id).order_by("box__title", "box_id")
    return [_access(row) for row in rows.values_list(*_COLUMNS)]


def boxes_given_before_activation(account_id: int, now: datetime) -> list[Access]:
    """The mailboxes an account was given while nobody could open it, by title."""
    rows = current_members(now).filter(account_id=account_id, account__state=AccountState.ACTIVE)
    given = rows.filter(starts_at__lt=F("account__activated_at")).order_by("box__title", "box_id")
    return [_access(row) for row in given.values_list(*_COLUMNS)]


def access_to(box_id: int, account_id: int, now: datetime) -> Access | None:
    """The access of an account to a box; None if there is no such box or no access."""
    rows = current_members(now).filter(box_id=box_id, account_id=account_id)
    row = rows.values_list(*_COLUMNS).first()
    return _access(row) if row else None


def was_member(box_id: int, account_id: int) -> bool:
    """Whether the account has or had an access to that box."""
    return Member.objects.filter(box_id=box_id, account_id=account_id).exists()


def has_access(mailbox: str, account_id: int, now: datetime) -> bool:
    return current_members(now).filter(box__account__mailbox=mailbox, account_id=account_id).exists()


def delegation_terms(session_name: str, now: datetime) -> DelegationTerms | None:
    """What a session in a delegated mailbox may do there; None for any other session."""
    session = parse_box_session(session_name)
    if session is None:
        return None
    rows = current_members(now).filter(box_id=session.box_id, account_id=session.account_id)
    row = rows.values_list("box__kind", "inbox_only", "right").first()
    if row is None:  # the delegation ended meanwhile: grant the least
        return DelegationTerms(session.account_id, inbox_only=True, may_write=False)
    kind, inbox_only, right = row
    if kind != BoxKind.PERSON:
        return None
    may_write = Right.SEND in Right(right).covers
    return DelegationTerms(session.account_id, inbox_only=inbox_only, may_write=may_write)


def ended_session_names(
    names: Collection[str], now: datetime, sessions_open_until: SessionsOpenUntil
) -> set[str]:
    """The names of sessions that ended, ordinary ones and those in a shared mailbox."""
    return set(names) - session_names_open_until(names, now, sessions_open_until).keys()


def session_names_open_until(
    names: Collection[str], now: datetime, sessions_open_until: SessionsOpenUntil
) -> dict[str, datetime]:
    """Names of open sessions, ordinary ones and those in a shared mailbox → when each ends if not used.

    `sessions_open_until` answers the same of ordinary session keys.
    """
    in_boxes = {name: session for name in names if (session := parse_box_session(name))}
    ordinary = [name for name in names if name not in in_boxes]
    ends = sessions_open_until({*ordinary, *(session.session_key for session in in_boxes.values())}, now)
    open_until = {name: ends[name] for name in ordinary if name in ends}
    if in_boxes:
        rows = current_members(now).filter(
            box_id__in={session.box_id for session in in_boxes.values()},
            account_id__in={session.account_id for session in in_boxes.values()},
        )
        last_moments = {(box, account): end for box, account, end in rows.values_list(*_MEMBERSHIP)}
        for name, session in in_boxes.items():
            membership = session.box_id, session.account_id
            if session.session_key in ends and membership in last_moments:
                end = ends[session.session_key]
                open_until[name] = min(end, last_moments[membership] or end)
    return open_until


def schools_managed_by(account_id: int, now: datetime) -> list[str]:
    """The UAIs of the schools whose mailbox an account manages."""
    rows = current_members(now).filter(account_id=account_id, right=Right.MANAGE, box__kind=BoxKind.SCHOOL)
    return list(rows.values_list("box__structure__uai", flat=True))


def box_id_of_account(account_id: int) -> int | None:
    """The id of the box of an account; None if it has none."""
    return Box.objects.filter(account_id=account_id).values_list("pk", flat=True).first()


def title_of_box(account_id: int) -> str:
    """The title of the account's box; empty if it has none."""
    return Box.objects.filter(account_id=account_id).values_list("title", flat=True).first() or ""


def box_addresses(box_ids: Collection[int]) -> dict[int, str]:
    """Box → its address."""
    return dict(Box.objects.filter(pk__in=box_ids).values_list("pk", "address"))


def box_at(address: str) -> int | None:
    """The id of the box with that address, in whatever case."""
    row = Box.objects.filter(account__mailbox=address.strip().lower()).values_list("pk", flat=True)
    return row.first()


def house_titles() -> tuple[str, ...]:
    """The titles of the open boxes of schools, districts and services: not those of projects and people."""
    kinds = (BoxKind.SCHOOL, BoxKind.STEWARDSHIP, BoxKind.DISTRICT, BoxKind.SERVICE)
    boxes = Box.objects.filter(kind__in=kinds, closed_at__isnull=True)
    return tuple(boxes.values_list("title", flat=True).distinct())


def structure_id_of(box_id: int) -> int | None:
    """The school of a box; None for any other kind."""
    return Box.objects.filter(pk=box_id).values_list("structure_id", flat=True).first()


def box_of_structure(structure_id: int) -> BoxCard | None:
    """The open mailbox of the school; None if it has none."""
    rows = Box.objects.filter(structure_id=structure_id, kind=BoxKind.SCHOOL, closed_at__isnull=True)
    box_id = rows.values_list("pk", flat=True).first()
    return box_card(box_id) if box_id else None


def box_card(box_id: int) -> BoxCard | None:
    box = Box.objects.select_related("account").filter(pk=box_id).first()
    if box is None:
        return None
    return BoxCard(
        box.pk,
        box.account_id,
        box.account.mailbox,
        box.address,
        box.title,
        BoxKind(box.kind),
        box.academy_id,
        box.closed_at is None,
    )


def search_boxes(
    typed: str, *, limit: int, hidden_academies: Collection[int] = ()
) -> tuple[tuple[str, str], ...]:
    """Title and address of open boxes whose title has words starting as typed, or whose address does.

    `hidden_academies`: those whose boxes are not shown.
    """
    words = re.findall(r"[a-z0-9]+", fold(typed))
    if not words or sum(map(len, words)) < 3:
        return ()
    in_title = Q()
    for word in words:
        in_title &= Q(title__iregex=r"(^|\W)" + _any_accent(word))
    matches = in_title | Q(account__mailbox__startswith=typed.strip().lower())
    rows = Box.objects.filter(matches, closed_at__isnull=True).exclude(kind=BoxKind.PERSON).order_by("title")
    if hidden_academies:
        rows = rows.exclude(academy_id__in=hidden_academies)
    return tuple(rows.values_list("title", "account__mailbox")[:limit])


def _any_accent(word: str) -> str:
    return "".join(_ACCENTS.get(letter, letter) for letter in word)


def current_members(now: datetime) -> QuerySet[Member]:
    """Memberships that give access now, except those of withdrawn people or in their mailboxes."""
    away = withdrawn_accounts()
    rows = Member.objects.exclude(account_id__in=away).exclude(box__account_id__in=away)
    return rows.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now),
        starts_at__lte=now,
        ended_at__isnull=True,
        box__closed_at__isnull=True,
        box__account__state=AccountState.ACTIVE,
        account__state=AccountState.ACTIVE,
    )


def _access(row: tuple[object, ...]) -> Access:
    columns = list(row)
    columns[5], columns[6] = BoxKind(str(columns[5])), Right(str(columns[6]))
    return Access(*columns)  # type: ignore[arg-type]
