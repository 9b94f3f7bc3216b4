"""Feeds, as administrators and other feeds see them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Coalesce

from vaguemestre.people.directory.queries import of_academy
from vaguemestre.people.intake.models import AppliedLine, Feed, PlannedRow
from vaguemestre.people.intake.values import RowKind


@dataclass(frozen=True, slots=True)
class FeedSummary:
    """A feed as administrators read it. `waits`: refused whole and not decided yet."""

    feed_id: int
    academy_id: int
    file_name: str
    full_source: str
    by: str
    started_at: datetime
    finished_at: datetime | None
    arrivals: int
    changes: int
    departures: int
    unchanged: int
    refusal: str
    confirmed_by: str
    decided_at: datetime | None
    plan_digest: str = ""
    planned_at: datetime | None = None
    planned_on: date | None = None
    plan_note: str = ""
    replan_asked_at: datetime | None = None
    is_uploaded: bool = False

    @property
    def is_unread(self) -> bool:
        """Whether it was given on a page and has no plan: not yet, or never."""
        return self.is_uploaded and self.planned_at is None

    @property
    def is_unusable(self) -> bool:
        """Whether its file could not be read; the note says why."""
        return self.is_unread and bool(self.plan_note)

    @property
    def waits(self) -> bool:
        return bool(self.refusal) and self.decided_at is None

    @property
    def is_being_applied(self) -> bool:
        """Whether it was confirmed, and its last batch is not written yet."""
        return bool(self.confirmed_by) and self.finished_at is None

    @property
    def has_plan(self) -> bool:
        """Whether its page shows a plan: once applied it shows who changed."""
        return self.waits or self.is_being_applied


def feed_summary(feed_id: int) -> FeedSummary | None:
    """The feed of that id, if any."""
    row = Feed.objects.filter(pk=feed_id).first()
    return _feed_summary(row) if row else None


def last_applied_at() -> datetime | None:
    """When a feed was last applied to its end; None before the first."""
    finished_at: datetime | None = Feed.objects.aggregate(last=Max("finished_at"))["last"]
    return finished_at


def feed_summaries(academy_id: int, *, limit: int = 50) -> tuple[FeedSummary, ...]:
    """The latest feeds of the académie, newest first."""
    rows = Feed.objects.filter(academy_id=academy_id).order_by("-started_at", "-pk")
    return tuple(map(_feed_summary, rows[:limit]))


def feeds_page(
    *,
    waiting: bool = False,
    search: str = "",
    order: str = "-started_at",
    first: int = 0,
    count: int = 30,
    academy_id: int = 0,
) -> tuple[tuple[FeedSummary, ...], int]:
    """A page of the feeds, of one académie unless 0, and their total. `waiting`: only held feeds."""
    rows = Feed.objects.filter(of_academy(academy_id))
    if waiting:
        rows = rows.filter(decided_at=None).exclude(refusal="")
    if search:
        rows = rows.filter(Q(file_name__icontains=search) | Q(full_source__iexact=search))
    ordered = rows.order_by(order, "-pk")
    return tuple(map(_feed_summary, ordered[first : first + count])), rows.count()


def has_applied_feed() -> bool:
    """Whether a feed was ever applied that told of somebody."""
    rows = Feed.objects.filter(Q(refusal="") | ~Q(confirmed_by=""), finished_at__isnull=False)
    return rows.exclude(arrivals=0, changes=0, departures=0, unchanged=0).exists()


def count_waiting_feeds(academy_id: int = 0) -> int:
    """How many feeds are held for an administrator, of one académie unless 0."""
    rows = Feed.objects.filter(of_academy(academy_id))
    return rows.filter(decided_at=None).exclude(refusal="").count()


def count_rows_by_kind(feed_id: int, *, has_plan: bool) -> dict[str, int]:
    """Row kind → how many people a feed is to change (if it `has_plan`), or changed."""
    rows = (PlannedRow if has_plan else AppliedLine)._default_manager.filter(feed_id=feed_id)
    return dict(rows.order_by().values_list("kind").annotate(Count("pk")))


def first_reception(academy_id: int, sha256: str) -> datetime | None:
    """When a file of that content was first received; None if never."""
    rows = Feed.objects.filter(academy_id=academy_id, sha256=sha256)
    return rows.aggregate(first=Min(Coalesce("received_at", "started_at")))["first"]  # type: ignore[no-any-return]


def feeds_received_after(academy_id: int, received: datetime, source: str) -> tuple[FeedSummary, ...]:
    """Applied feeds of that source, or of none, received later; the latest first."""
    rows = Feed.objects.filter(Q(refusal="") | Q(begun_at__isnull=False), academy_id=academy_id)
    if source:
        rows = rows.filter(full_source__in=("", source))
    rows = rows.annotate(came_at=Coalesce("received_at", "started_at")).filter(came_at__gt=received)
    return tuple(map(_feed_summary, rows.order_by("-came_at", "-pk")[:100]))


def count_unconfirmed_departures(academy_id: int, source: str, since: datetime) -> int:
    """People whom feeds of that source, or of none, made leave since then without confirmation.

    Without `source`, those of any feed of the académie.
    """
    rows = AppliedLine.objects.filter(
        feed__academy_id=academy_id,
        feed__started_at__gt=since,
        feed__closures_confirmed=False,
        feed__confirmed_by="",
        kind=RowKind.DEPARTURE,
    )
    if source:
        rows = rows.filter(feed__full_source__in=("", source))
    return rows.values("person_id").distinct().count()


def feeds_applied_since(feed: FeedSummary) -> tuple[FeedSummary, ...]:
    """Feeds of that source, or of none, that changed somebody since its plan was made; the latest first."""
    if feed.planned_at is None:
        return ()
    rows = Feed.objects.filter(academy_id=feed.academy_id, finished_at__gt=feed.planned_at)
    rows = rows.exclude(pk=feed.feed_id).filter(Q(refusal="") | ~Q(confirmed_by=""))
    rows = rows.exclude(arrivals=0, changes=0, departures=0)
    if feed.full_source:
        rows = rows.filter(full_source__in=("", feed.full_source))
    return tuple(map(_feed_summary, rows.order_by("-finished_at", "-pk")[:100]))


def people_changed_by(feeds: Collection[FeedSummary], person_ids: Collection[int]) -> frozenset[int]:
    """Which of the people one of the feeds changed, or registered."""
    rows = AppliedLine.objects.filter(feed_id__in=[feed.feed_id for feed in feeds], person_id__in=person_ids)
    return frozenset(rows.values_list("person_id", flat=True))


def people_changed_since(feed: FeedSummary) -> frozenset[int]:
    """People of the plan of a held feed whom another feed changed since it was made."""
    newer = feeds_applied_since(feed)
    if not newer:
        return frozenset()
    planned = PlannedRow.objects.filter(feed_id=feed.feed_id, person_id__isnull=False)
    rows = AppliedLine.objects.filter(
        feed_id__in=[other.feed_id for other in newer], person_id__in=planned.values("person_id")
    )
    return frozenset(rows.values_list("person_id", flat=True))


def _feed_summary(row: Feed) -> FeedSummary:
    return FeedSummary(
        row.pk,
        row.academy_id,
        row.file_name,
        row.full_source,
        row.by,
        row.started_at,
        row.finished_at,
        row.arrivals,
        row.changes,
        row.departures,
        row.unchanged,
        row.refusal,
        row.confirmed_by,
        row.decided_at,
        row.plan_digest,
        row.planned_at,
        row.planned_on,
        row.plan_note,
        row.replan_asked_at,
        row.is_uploaded,
    )
