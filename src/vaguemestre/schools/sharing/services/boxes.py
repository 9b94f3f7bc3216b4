"""Mailboxes of establishments, owned by their heads."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from itertools import batched

from django.db import transaction
from django.db.models import Q

from vaguemestre.foundation.cluster.locks import turn
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import Line, record, record_many
from vaguemestre.foundation.journal.values import account_subject, box_subject
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import accounts_by_person
from vaguemestre.people.credentials.services import NewAccount, change_states, open_boxes
from vaguemestre.people.credentials.values import AccountState
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
from vaguemestre.schools.sharing.rules.owners import (
    DEPUTIES,
    HEADS,
    end_of_day,
    last_day_after_post,
    owners_on,
    recent_leavers,
)
from vaguemestre.schools.sharing.services.members import end_membership, schedule_end
from vaguemestre.schools.sharing.values import (
    DEFAULT_OVERLAP,
    BoxKind,
    LeadershipPost,
    MembershipChange,
    Overlap,
    Right,
    Source,
)

_BATCH_ROWS = 200


def open_school_boxes(uais: Collection[str] | None, *, quota_mb: int, by: str, now: datetime) -> list[int]:
    """Use case: open the missing mailboxes of these schools (None: all), and rename those that exist.

    One transaction per batch. Returns the ids of the mailboxes opened.
    """
    opened: list[int] = []
    today = paris_day(now)
    for batch in batched(place_summaries(uais), _BATCH_ROWS, strict=False):
        places = [place for place in batch if place.closed_on is None or place.closed_on > today]
        with turn("sharing.school-boxes"), transaction.atomic(durable=True):
            existing = {
                box.structure_id: box
                for box in Box.objects.filter(
                    kind=BoxKind.SCHOOL, structure_id__in=[place.structure_id for place in places]
                )
            }
            _rename(places, existing)
            new_ids = _open([p for p in places if p.structure_id not in existing], quota_mb, by=by, now=now)
        opened += new_ids
    return opened


def _rename(places: Iterable[PlaceSummary], boxes: dict[int | None, Box]) -> None:
    changed = []
    for place in places:
        box = boxes.get(place.structure_id)
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
            kind=BoxKind.SCHOOL,
            address=f"{school_local(place.uai)}@{place.domain}",
            title=_title(place),
            structure_id=place.structure_id,
            opened_at=now,
        )
        for account_id, place in zip(account_ids, places, strict=True)
    )
    record_many(
        Line("sharing.box-opened", box_subject(row.pk), by, now, {"about": row.address}) for row in rows
    )
    return [row.pk for row in rows]


def _title(place: PlaceSummary) -> str:
    names_town = place.town.casefold() in place.name.casefold()  # also if there is none
    return (place.name if names_town else f"{place.name}, {place.town}")[:200]


def close_boxes(*, by: str, now: datetime) -> list[int]:
    """Use case: close the mailboxes of closed establishments. Mail is kept. Returns the ids."""
    today = paris_day(now)
    rows = Box.objects.filter(
        kind=BoxKind.SCHOOL, closed_at__isnull=True, structure__closed_on__lte=today
    ).values_list("pk", flat=True)
    closed = list(rows[:_BATCH_ROWS])
    for box_id in closed:
        with transaction.atomic(durable=True):
            box = Box.objects.select_for_update().get(pk=box_id)
            for member in box.members.filter(ended_at__isnull=True):
                end_membership(member, by=by, now=now)
            Box.objects.filter(pk=box_id).update(closed_at=now)
            change_states([box.account_id], "close", by=by, now=now)
            record("sharing.box-closed", to=box_subject(box_id), by=by, at=now)
    return closed


def sync_owners(
    structure_ids: Collection[int] | None, *, by: str, now: datetime, overlap: Overlap = DEFAULT_OVERLAP
) -> int:
    """Use case: make today's heads the owners of their schools' mailboxes, and end the others' ownership.

    Leavers who serve elsewhere in the académie keep read access for `overlap.after` days, and so do members
    added by hand while they served there (docs/domain.md §3.6). None: the mailboxes not synced since
    midnight. Returns how many mailboxes were synced.
    """
    today = paris_day(now)
    rows = Box.objects.filter(kind=BoxKind.SCHOOL, closed_at__isnull=True)
    if structure_ids is None:
        rows = rows.exclude(followed_on=today)
    else:
        rows = rows.filter(structure_id__in=structure_ids)
    boxes = list(rows.order_by("pk")[: _BATCH_ROWS * 5] if structure_ids is None else rows)
    for batch in batched(boxes, _BATCH_ROWS, strict=False):
        posts = _posts_of([box.structure_id for box in batch if box.structure_id])
        for box in batch:
            with transaction.atomic(durable=True):
                _sync_box(box, posts.get(box.structure_id or 0, []), overlap, by=by, now=now)
    return len(boxes)


def _posts_of(structure_ids: Collection[int]) -> dict[int, list[LeadershipPost]]:
    posts: dict[int, list[LeadershipPost]] = {}
    for post in posts_in(structure_ids, HEADS, DEPUTIES):
        leadership = LeadershipPost(post.person_id, post.function in HEADS, post.starts_on, post.ends_on)
        posts.setdefault(post.structure_id, []).append(leadership)
    return posts


def _sync_box(box: Box, posts: list[LeadershipPost], overlap: Overlap, *, by: str, now: datetime) -> None:
    """Add new owners, then end former ones. Inside the caller's transaction.

    A head on long leave does not count: deputies own the mailbox meanwhile.
    """
    Box.objects.select_for_update().get(pk=box.pk)  # two workers would each add the same owner
    away = _away({post.person_id for post in posts})
    posts = [post for post in posts if post.person_id not in away]
    last_days = owners_on(posts, paris_day(now), overlap.before)
    accounts = {
        account.account_id: last_days[person_id]
        for person_id, account in accounts_by_person(list(last_days)).items()
        if account.state != AccountState.CLOSED
    }
    rows = {row.account_id: row for row in box.members.select_for_update().filter(ended_at__isnull=True)}
    for account_id, last_day in accounts.items():
        ends_at = end_of_day(last_day) if last_day else None
        _make_owner(box, rows.get(account_id), account_id, ends_at, by=by, now=now)
    for account_id, row in rows.items():
        if row.source == Source.POST and account_id not in accounts:
            record(
                "sharing.owner-left",
                to=box_subject(box.pk),
                by=by,
                at=now,
                member=account_subject(account_id),
            )
            end_membership(row, by=by, now=now)
    if overlap.after:
        _extend_leavers(box, posts, overlap.after, by=by, now=now)
    _end_with_posts(box, overlap.after, by=by, now=now)
    Box.objects.filter(pk=box.pk).update(followed_on=paris_day(now))


def _away(people: Collection[int]) -> frozenset[int]:
    """The people, among these, who are on long leave or have left."""
    accounts = accounts_by_person(people)
    withdrawn = withdrawn_among([account.account_id for account in accounts.values()])
    return frozenset(person_id for person_id, account in accounts.items() if account.account_id in withdrawn)


def _extend_leavers(box: Box, posts: list[LeadershipPost], kept_days: int, *, by: str, now: datetime) -> None:
    """Keep leavers who serve elsewhere as readers for `kept_days`, to hand over work in progress."""
    last_days = recent_leavers(posts, paris_day(now), kept_days)
    moved = people_serving(list(last_days), paris_day(now))
    for person_id, (account_id, _, state) in accounts_by_person(list(moved)).items():
        left_at = end_of_day(last_days[person_id])
        rows = Member.objects.filter(box=box, account_id=account_id)
        was_owner = rows.filter(source=Source.POST).exists()
        is_member = rows.filter(Q(ended_at=None) | Q(source=Source.HAND, starts_at__gte=left_at)).exists()
        if state == AccountState.CLOSED or not was_owner or is_member:
            continue
        ends_at = end_of_day(last_days[person_id] + timedelta(days=kept_days))
        Member.objects.create(
            box=box,
            account_id=account_id,
            right=Right.READ,
            source=Source.HAND,
            starts_at=now,
            ends_at=ends_at,
            added_by=by,
        )
        schedule_end(box.pk, ends_at)
        until = (last_days[person_id] + timedelta(days=kept_days)).isoformat()
        details = {"member": account_subject(account_id), "right": str(Right.READ), "until": until}
        record("sharing.member-added", to=box_subject(box.pk), by=by, at=now, **details)


def _end_with_posts(box: Box, kept_days: int, *, by: str, now: datetime) -> None:
    """Set the end of access of members added by hand while they served there, who now serve elsewhere.

    Those who left the académie are already blocked by `queries.access`, until they return.
    """
    rows = box.members.filter(ended_at=None, ends_at=None, source=Source.HAND, account__person__isnull=False)
    members = list(rows.select_related("account"))
    if not members:
        return
    last_days = last_days_in(box.structure_id or 0, [row.account.person_id or 0 for row in members])
    today = paris_day(now)
    moved = people_serving([person for person, day in last_days.items() if day < today], today)
    for row in members:
        person_id = row.account.person_id or 0
        day = last_day_after_post(last_days.get(person_id), paris_day(row.starts_at), kept_days)
        if day is None or person_id not in moved:
            continue
        Member.objects.filter(pk=row.pk).update(ends_at=end_of_day(day))
        schedule_end(box.pk, end_of_day(day))
        details = {"member": account_subject(row.account_id), "right": row.right, "until": day.isoformat()}
        record("sharing.member-changed", to=box_subject(box.pk), by=by, at=now, **details)


def _make_owner(
    box: Box, row: Member | None, account_id: int, ends_at: datetime | None, *, by: str, now: datetime
) -> None:
    if row is not None and row.source == Source.POST:
        if row.ends_at != ends_at:
            Member.objects.filter(pk=row.pk).update(ends_at=ends_at)
            schedule_end(box.pk, ends_at)
        return
    columns = {"right": Right.MANAGE, "is_owner": True, "source": Source.POST, "ends_at": ends_at}
    if row is not None:  # promote the existing membership
        starts_at = min(row.starts_at, now)
        Member.objects.filter(pk=row.pk).update(**columns, starts_at=starts_at)
    else:
        Member.objects.create(box=box, account_id=account_id, starts_at=now, added_by=by, **columns)
    schedule_end(box.pk, ends_at)
    record("sharing.owner-came", to=box_subject(box.pk), by=by, at=now, member=account_subject(account_id))
    if box.opened_at < now:
        announce(MembersChanged(box.pk, account_id, MembershipChange.OWNER, by, now.isoformat()))
