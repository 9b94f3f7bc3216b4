"""A mailbox for each establishment, owned by whoever leads it."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from itertools import batched

from django.db import transaction
from django.db.models import Q

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import Line, record, record_many
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import lives_of
from vaguemestre.people.credentials.services import NewAccount, change_states, open_boxes
from vaguemestre.people.directory.queries import (
    PlaceSummary,
    last_days_in,
    people_serving,
    place_summaries,
    posts_in,
)
from vaguemestre.people.directory.services import take_technical_names
from vaguemestre.people.lifecycle.queries import withdrawn_among
from vaguemestre.schools.sharing.events import MembersChanged
from vaguemestre.schools.sharing.models import Box, Member
from vaguemestre.schools.sharing.rules.addresses import school_local
from vaguemestre.schools.sharing.rules.owners import DEPUTIES, HEADS, end_of, lately_left, over_on, owners
from vaguemestre.schools.sharing.services.members import await_end, end_row
from vaguemestre.schools.sharing.values import USUAL, Kind, Overlap, Right, Served, Source

_AT_ONCE = 200


def open_school_boxes(uais: Collection[str] | None, *, quota_mb: int, by: str, now: datetime) -> list[int]:
    """Use case, by batches: the mailbox of each of these schools (None: all) that is open and lacks it.

    Those that have one get its name as the directory writes it today. The mailboxes opened, by id.
    """
    opened: list[int] = []
    today = paris_day(now)
    for some in batched(place_summaries(uais), _AT_ONCE, strict=False):
        places = [place for place in some if place.closed_on is None or place.closed_on > today]
        with transaction.atomic(durable=True):
            known = {
                box.structure_id: box
                for box in Box.objects.filter(
                    kind=Kind.SCHOOL, structure_id__in=[place.structure_id for place in places]
                )
            }
            _rename(places, known)
            fresh = _open([p for p in places if p.structure_id not in known], quota_mb, by=by, now=now)
        opened += fresh
    return opened


def _rename(places: Iterable[PlaceSummary], known: dict[int | None, Box]) -> None:
    changed = []
    for place in places:
        box = known.get(place.structure_id)
        if box is not None and box.title != _title(place):
            box.title = _title(place)
            changed.append(box)
    Box.objects.bulk_update(changed, ("title",), batch_size=200)


def _open(places: list[PlaceSummary], quota_mb: int, *, by: str, now: datetime) -> list[int]:
    accounts = []
    for place in places:
        local = school_local(place.uai).lower()
        take_technical_names(local, f"{local}@{place.domain}")
        accounts.append(NewAccount(None, local, f"{local}@{place.domain}", quota_mb))
    account_ids = open_boxes(accounts, by=by, now=now)
    rows = Box.objects.bulk_create(
        Box(
            account_id=account_id,
            academy_id=place.academy_id,
            kind=Kind.SCHOOL,
            address=f"{school_local(place.uai)}@{place.domain}",
            title=_title(place),
            structure_id=place.structure_id,
            opened_at=now,
        )
        for account_id, place in zip(account_ids, places, strict=True)
    )
    record_many(Line("sharing.box-opened", f"box:{row.pk}", by, now, {"about": row.address}) for row in rows)
    return [row.pk for row in rows]


def _title(place: PlaceSummary) -> str:
    named = not place.town or place.town.casefold() in place.name.casefold()
    return (place.name if named else f"{place.name}, {place.town}")[:200]


def close_boxes(*, by: str, now: datetime) -> list[int]:
    """Use case: the mailboxes of establishments that closed are closed too; their ids. Mail is kept."""
    today = paris_day(now)
    rows = Box.objects.filter(
        kind=Kind.SCHOOL, closed_at__isnull=True, structure__closed_on__lte=today
    ).values_list("pk", flat=True)
    closed = list(rows[:_AT_ONCE])
    for box_id in closed:
        with transaction.atomic(durable=True):
            box = Box.objects.select_for_update().get(pk=box_id)
            for member in box.members.filter(ended_at__isnull=True):
                end_row(member, by=by, now=now)
            Box.objects.filter(pk=box_id).update(closed_at=now)
            change_states([box.account_id], "close", by=by, now=now)
            record("sharing.box-closed", to=f"box:{box_id}", by=by, at=now)
    return closed


def follow_owners(
    structure_ids: Collection[int] | None, *, by: str, now: datetime, overlap: Overlap = USUAL
) -> int:
    """Use case: who leads each of these establishments today owns its mailbox, nobody who no longer does.

    Whoever left for another post of the académie reads it on for the days agreed, and so does whoever was let
    in by hand while they served there (docs/domain.md §3.6). None: the mailboxes not looked at since
    midnight. How many mailboxes were looked at.
    """
    today = paris_day(now)
    rows = Box.objects.filter(kind=Kind.SCHOOL, closed_at__isnull=True)
    if structure_ids is None:
        rows = rows.exclude(followed_on=today)
    else:
        rows = rows.filter(structure_id__in=structure_ids)
    boxes = list(rows.order_by("pk")[: _AT_ONCE * 5] if structure_ids is None else rows)
    for some in batched(boxes, _AT_ONCE, strict=False):
        posts = _posts_of([box.structure_id for box in some if box.structure_id])
        for box in some:
            with transaction.atomic(durable=True):
                _follow(box, posts.get(box.structure_id or 0, []), overlap, by=by, now=now)
    return len(boxes)


def _posts_of(structure_ids: Collection[int]) -> dict[int, list[Served]]:
    found: dict[int, list[Served]] = {}
    for post in posts_in(structure_ids, HEADS, DEPUTIES):
        served = Served(post.person_id, post.function in HEADS, post.starts_on, post.ends_on)
        found.setdefault(post.structure_id, []).append(served)
    return found


def _follow(box: Box, posts: list[Served], overlap: Overlap, *, by: str, now: datetime) -> None:
    """Inside the caller's transaction: those who come before those who leave.

    Whoever is on a long leave leads nothing meanwhile: deputies come in, as where no head is in post.
    """
    away = _away({post.person_id for post in posts})
    posts = [post for post in posts if post.person_id not in away]
    wanted = owners(posts, paris_day(now), overlap.before)
    lives = lives_of(list(wanted))
    accounts = {
        account_id: wanted[person] for person, (account_id, _, state) in lives.items() if state != "closed"
    }
    rows = {row.account_id: row for row in box.members.select_for_update().filter(ended_at__isnull=True)}
    for account_id, last_day in accounts.items():
        ends_at = end_of(last_day) if last_day else None
        _make_owner(box, rows.get(account_id), account_id, ends_at, by=by, now=now)
    for account_id, row in rows.items():
        if row.source == Source.POST and account_id not in accounts:
            record("sharing.owner-left", to=f"box:{box.pk}", by=by, at=now, member=f"account:{account_id}")
            end_row(row, by=by, now=now)
    if overlap.after:
        _keep_reading(box, posts, overlap.after, by=by, now=now)
    _end_with_posts(box, overlap.after, by=by, now=now)
    Box.objects.filter(pk=box.pk).update(followed_on=paris_day(now))


def _away(people: Collection[int]) -> frozenset[int]:
    lives = lives_of(people)
    gone = withdrawn_among([account_id for account_id, _, _ in lives.values()])
    return frozenset(person for person, (account_id, _, _) in lives.items() if account_id in gone)


def _keep_reading(box: Box, posts: list[Served], kept_days: int, *, by: str, now: datetime) -> None:
    """What is under way is handed over by somebody who can still read it. Who left altogether is out."""
    left = lately_left(posts, paris_day(now), kept_days)
    moved = people_serving(list(left), paris_day(now))
    for person_id, (account_id, _, state) in lives_of(list(moved)).items():
        gone_at = end_of(left[person_id])
        rows = Member.objects.filter(box=box, account_id=account_id)
        owned = rows.filter(source=Source.POST).exists()
        again = rows.filter(Q(ended_at=None) | Q(source=Source.HAND, starts_at__gte=gone_at)).exists()
        if state == "closed" or not owned or again:
            continue
        ends_at = end_of(left[person_id] + timedelta(days=kept_days))
        Member.objects.create(
            box=box,
            account_id=account_id,
            right=Right.READ,
            source=Source.HAND,
            starts_at=now,
            ends_at=ends_at,
            added_by=by,
        )
        await_end(box.pk, ends_at)
        until = (left[person_id] + timedelta(days=kept_days)).isoformat()
        told = {"member": f"account:{account_id}", "right": str(Right.READ), "until": until}
        record("sharing.member-added", to=f"box:{box.pk}", by=by, at=now, **told)


def _end_with_posts(box: Box, kept_days: int, *, by: str, now: datetime) -> None:
    """Members let in by hand while they served there, who serve elsewhere now: for the days agreed.

    Whoever left altogether has nothing meanwhile (`queries.access`), and all of it again if they return.
    """
    rows = box.members.filter(ended_at=None, ends_at=None, source=Source.HAND, account__person__isnull=False)
    kept = list(rows.select_related("account"))
    if not kept:
        return
    last = last_days_in(box.structure_id or 0, [row.account.person_id or 0 for row in kept])
    today = paris_day(now)
    moved = people_serving([person for person, day in last.items() if day < today], today)
    for row in kept:
        person_id = row.account.person_id or 0
        day = over_on(last.get(person_id), paris_day(row.starts_at), kept_days)
        if day is None or person_id not in moved:
            continue
        Member.objects.filter(pk=row.pk).update(ends_at=end_of(day))
        await_end(box.pk, end_of(day))
        told = {"member": f"account:{row.account_id}", "right": row.right, "until": day.isoformat()}
        record("sharing.member-changed", to=f"box:{box.pk}", by=by, at=now, **told)


def _make_owner(
    box: Box, row: Member | None, account_id: int, ends_at: datetime | None, *, by: str, now: datetime
) -> None:
    if row is not None and row.source == Source.POST:
        if row.ends_at != ends_at:
            Member.objects.filter(pk=row.pk).update(ends_at=ends_at)
            await_end(box.pk, ends_at)
        return
    columns = {"right": Right.MANAGE, "is_owner": True, "source": Source.POST, "ends_at": ends_at}
    if row is not None:  # they were a member already: the post gives more
        starts_at = min(row.starts_at, now)
        Member.objects.filter(pk=row.pk).update(**columns, starts_at=starts_at)
    else:
        Member.objects.create(box=box, account_id=account_id, starts_at=now, added_by=by, **columns)
    await_end(box.pk, ends_at)
    record("sharing.owner-came", to=f"box:{box.pk}", by=by, at=now, member=f"account:{account_id}")
    if box.opened_at < now:
        announce(MembersChanged(box.pk, account_id, "owner", by, now.isoformat()))
