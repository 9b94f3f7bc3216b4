"""Who may open what, now. Asked at every request: nothing is remembered."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.lifecycle.queries import withdrawn
from vaguemestre.schools.sharing.models import Box, Member
from vaguemestre.schools.sharing.rules.box_rights import session_named
from vaguemestre.schools.sharing.values import Access, Kind, Right

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


@dataclass(frozen=True, slots=True)
class BoxCard:
    """A mailbox as its pages present it."""

    box_id: int
    account_id: int
    mailbox: str
    address: str
    title: str
    kind: Kind
    academy_id: int
    is_open: bool


def boxes_of(account_id: int, now: datetime) -> list[Access]:
    """What somebody may open besides their own, by title. Most have none, which a short question tells."""
    if not Member.objects.filter(account_id=account_id, ended_at__isnull=True).exists():
        return []
    rows = _current(now).filter(account_id=account_id).order_by("box__title", "box_id")
    return [_access(row) for row in rows.values_list(*_COLUMNS)]


def access_to(box_id: int, account_id: int, now: datetime) -> Access | None:
    """None for nobody's box, and for one that is not theirs: the same."""
    rows = _current(now).filter(box_id=box_id, account_id=account_id)
    row = rows.values_list(*_COLUMNS).first()
    return _access(row) if row else None


def is_open_to(mailbox: str, account_id: int, now: datetime) -> bool:
    return _current(now).filter(box__account__mailbox=mailbox, account_id=account_id).exists()


def lent_through(session_name: str, now: datetime) -> bool | None:
    """Of a session in a mailbox its person lends: whether its reception only. None for any other."""
    found = session_named(session_name)
    if found is None:
        return None
    _, box_id, account_id = found
    rows = _current(now).filter(box_id=box_id, account_id=account_id)
    told = rows.values_list("box__kind", "only_reception").first()
    if told is None:
        return True  # over meanwhile: as little as may be
    kind, only_reception = told
    return only_reception if kind == Kind.PERSON else None


def people_may_open(box_id: int, now: datetime) -> list[int]:
    """The accounts of those who may."""
    return list(_current(now).filter(box_id=box_id).values_list("account_id", flat=True))


def keys_over(
    names: Collection[str], now: datetime, sessions_over: Callable[[set[str], datetime], Iterable[str]]
) -> set[str]:
    """Those of the sessions that are over: one's own, and those in a shared mailbox (`rules.acting`)."""
    inside = {name: found for name in names if (found := session_named(name))}
    plain = {name for name in names if name not in inside}
    dead = set(sessions_over({*plain, *(key for key, _, _ in inside.values())}, now))
    wanted = {(box_id, account_id) for _, box_id, account_id in inside.values()}
    rows = _current(now).filter(
        box_id__in={box for box, _ in wanted}, account_id__in={account for _, account in wanted}
    )
    alive = set(rows.values_list("box_id", "account_id"))
    return {name for name in plain if name in dead} | {
        name
        for name, (key, box_id, account_id) in inside.items()
        if key in dead or (box_id, account_id) not in alive
    }


def schools_managed_by(account_id: int, now: datetime) -> list[str]:
    """The UAI of the establishments whose mailbox they manage."""
    rows = _current(now).filter(account_id=account_id, right=Right.MANAGE, box__kind=Kind.SCHOOL)
    return list(rows.values_list("box__structure__uai", flat=True))


def box_of_account(account_id: int) -> int | None:
    """The mailbox that account is; None for a person's."""
    return Box.objects.filter(account_id=account_id).values_list("pk", flat=True).first()


def structure_of(box_id: int) -> int | None:
    """The establishment a mailbox is of; None for any other."""
    return Box.objects.filter(pk=box_id).values_list("structure_id", flat=True).first()


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
        Kind(box.kind),
        box.academy_id,
        box.closed_at is None,
    )


def boxes_like(typed: str, *, limit: int) -> tuple[tuple[str, str], ...]:
    """Title and address of open boxes: each word typed begins one of the title, or the address begins so."""
    words = re.findall(r"[a-z0-9]+", fold(typed))
    if not words or sum(map(len, words)) < 3:
        return ()
    titled = Q()
    for word in words:
        titled &= Q(title__iregex=r"(^|\W)" + _any_accent(word))
    wanted = titled | Q(account__mailbox__startswith=typed.strip().lower())
    rows = Box.objects.filter(wanted, closed_at__isnull=True).exclude(kind=Kind.PERSON).order_by("title")
    return tuple(rows.values_list("title", "account__mailbox")[:limit])


def _any_accent(word: str) -> str:
    return "".join(_ACCENTS.get(letter, letter) for letter in word)


def _current(now: datetime) -> QuerySet[Member]:
    """Neither somebody on a long leave nor somebody who left opens anything, nor is their mailbox lent."""
    gone = withdrawn()
    here = Member.objects.exclude(account_id__in=gone).exclude(box__account_id__in=gone)
    return here.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now),
        starts_at__lte=now,
        ended_at__isnull=True,
        box__closed_at__isnull=True,
        box__account__state="active",
        account__state="active",
    )


def _access(row: tuple[object, ...]) -> Access:
    told = list(row)
    told[5], told[6] = Kind(str(told[5])), Right(str(told[6]))
    return Access(*told)  # type: ignore[arg-type]
