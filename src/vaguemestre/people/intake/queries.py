"""What we know before a feed is compared; feeds and doubts as they are read."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Coalesce

from vaguemestre.foundation.kernel.orders import column_of
from vaguemestre.foundation.kernel.texts import bare
from vaguemestre.people.credentials.queries import accounts_of_people
from vaguemestre.people.directory.queries import civil_of, known_elsewhere, known_for_intake, people_named
from vaguemestre.people.directory.rules.numen_vault import unseal_bytes
from vaguemestre.people.directory.values import CivilStatus, NumenKeys
from vaguemestre.people.intake.feeds import hr
from vaguemestre.people.intake.models import Doubt, Feed, KeptLine, Mention, Origin, PlannedRow, RefusedRow
from vaguemestre.people.intake.ports import ClosingDays
from vaguemestre.people.intake.values import (
    Difference,
    Field,
    Known,
    KnownAccount,
    PlanRow,
    RowKind,
    Situation,
)


@dataclass(frozen=True, slots=True)
class FeedShown:
    """A feed as administrators read it. `waits`: refused whole, and nobody decided yet."""

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

    @property
    def waits(self) -> bool:
        return bool(self.refusal) and self.decided_at is None


@dataclass(frozen=True, slots=True)
class DoubtShown:
    """A doubt as whoever answers it reads it."""

    doubt_id: int
    dossier: str
    reason: str
    person_id: int
    person_name: str
    first_line: int
    seen_at: datetime
    answer: str
    answered_by: str


def feed_shown(feed_id: int) -> FeedShown | None:
    row = Feed.objects.filter(pk=feed_id).first()
    return _feed(row) if row else None


def feeds_of(academy_id: int, *, limit: int = 50) -> tuple[FeedShown, ...]:
    """The last ones first."""
    return tuple(
        map(_feed, Feed.objects.filter(academy_id=academy_id).order_by("-started_at", "-pk")[:limit])
    )


def refused_rows(feed_id: int) -> tuple[tuple[int, str, str, str], ...]:
    """(line, column, dossier, reason), in the order of the file."""
    rows = RefusedRow.objects.filter(feed_id=feed_id).order_by("line", "pk")
    return tuple(rows.values_list("line", "column", "dossier", "reason"))


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of a feed that changed somebody. `what`: the columns and acts, or "arrival"."""

    feed_id: int
    line: int
    person_id: int
    dossier: str
    masked: str
    what: str
    at: datetime
    kind: str = ""
    uai: str = ""
    differences: tuple[Difference, ...] = ()


def feeds_page(
    *, waiting: bool = False, search: str = "", order: str = "-started_at", first: int = 0, count: int = 30
) -> tuple[tuple[FeedShown, ...], int]:
    """Feeds of every académie, and how many. `waiting`: refused whole, and nobody decided yet."""
    rows = Feed.objects.all()
    if waiting:
        rows = rows.filter(decided_at=None).exclude(refusal="")
    if search:
        rows = rows.filter(Q(file_name__icontains=search) | Q(full_source__iexact=search))
    ordered = rows.order_by(order, "-pk")
    return tuple(map(_feed, ordered[first : first + count])), rows.count()


def count_waiting() -> int:
    """Feeds that wait for an administrator."""
    return Feed.objects.filter(decided_at=None).exclude(refusal="").count()


def refused_page(
    feed_id: int, *, search: str = "", order: str = "line", first: int, count: int
) -> tuple[tuple[tuple[int, str, str, str], ...], int]:
    """A page of `refused_rows`, and how many there are. `order`: a column, `-` before it to turn it."""
    rows = RefusedRow.objects.filter(feed_id=feed_id)
    if search:
        rows = rows.filter(
            Q(dossier__icontains=search) | Q(column__icontains=search) | Q(reason__icontains=search)
        )
    shown = rows.order_by(order, "pk").values_list("line", "column", "dossier", "reason")
    return tuple(shown[first : first + count]), rows.count()


def changed_page(
    feed_id: int,
    *,
    kinds: Collection[str] = (),
    search: str = "",
    order: str = "first_line",
    first: int,
    count: int,
) -> tuple[tuple[LineShown, ...], int]:
    """A page of the people a feed changed, and how many there are. `search`: a dossier, a name."""
    rows = KeptLine.objects.filter(feed_id=feed_id)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    if search:
        rows = rows.filter(_about(search, "person__dossier"))
    return tuple(_lines(rows.order_by(order, "pk")[first : first + count])), rows.count()


def count_refused(feed_id: int) -> int:
    """How many lines of a feed were refused."""
    return RefusedRow.objects.filter(feed_id=feed_id).count()


def _about(search: str, dossier: str) -> Q:
    """Of a dossier, or of somebody whose names hold those words."""
    named = Q()
    for word in bare(search).split()[:6]:
        named &= Q(person__sorted_as__contains=word)
    return Q(**{f"{dossier}__icontains": search}) | named


def changed_rows(feed_id: int) -> Iterator[LineShown]:
    """All of them, for a file."""
    return _lines(KeptLine.objects.filter(feed_id=feed_id).order_by("first_line", "pk"))


def lines_that_changed(person_id: int, *, limit: int = 50) -> tuple[LineShown, ...]:
    """The lines of feeds that changed somebody, the last first."""
    return tuple(_lines(KeptLine.objects.filter(person_id=person_id).order_by("-pk")[:limit]))


def _lines(rows: QuerySet[KeptLine]) -> Iterator[LineShown]:
    columns = ("feed_id", "first_line", "person_id", "person__dossier", "masked", "what", "feed__started_at")
    more = ("kind", "uai", "differences")
    for row in rows.values_list(*columns, *more).iterator(2000):
        feed_id, line, person_id, dossier, masked, what, at, kind, uai, differences = row
        told = differences_of(differences)
        yield LineShown(feed_id, line, person_id, dossier, masked, what, at, kind, uai, told)


def count_doubts() -> int:
    """Likenesses that wait for a human."""
    return Doubt.objects.filter(answer="").count()


# How a list of doubts may be put in order, and what it means here.
DOUBT_ORDERS = {"date": "seen_at", "personne": "person__sorted_as", "dossier": "dossier"}


def doubts_page(
    *, open_only: bool = True, search: str = "", order: str = "date", first: int = 0, count: int = 30
) -> tuple[tuple[DoubtShown, ...], int]:
    """Doubts of every académie, and how many. `order`: one of DOUBT_ORDERS, `-` before it to turn it."""
    rows = _sought(Doubt.objects.all(), open_only=open_only, search=search, order=order)
    return _doubts(list(rows[first : first + count])), rows.count()


def _sought(rows: QuerySet[Doubt], *, open_only: bool, search: str, order: str) -> QuerySet[Doubt]:
    rows = rows.filter(answer="") if open_only else rows.exclude(answer="")
    if search:
        rows = rows.filter(_about(search, "dossier") | Q(reason__icontains=search))
    return rows.order_by(column_of(order, DOUBT_ORDERS), "pk")


def doubt_shown(doubt_id: int) -> int | None:
    """The académie of a doubt; None when there is none of that number."""
    return Doubt.objects.filter(pk=doubt_id).values_list("academy_id", flat=True).first()


@dataclass(frozen=True, slots=True)
class DoubtTold:
    """A doubt with what each side says, for an officer of the person's service; the NUMEN masked."""

    doubt: DoubtShown
    told: CivilStatus | None  # by the feed; None when its columns stand in another order
    masked: str
    uais: tuple[str, ...]
    known: CivilStatus | None


def doubts_in(
    services: Collection[int],
    keys: NumenKeys,
    today: date,
    *,
    open_only: bool,
    search: str = "",
    order: str = "date",
    first: int,
    count: int,
) -> tuple[tuple[DoubtTold, ...], int]:
    """A page of the doubts about people whom those services manage, and how many, as `doubts_page`."""
    managed = Doubt.objects.filter(person__service_id__in=services)
    rows = _sought(managed, open_only=open_only, search=search, order=order)
    shown = list(rows.select_related("person")[first : first + count])
    told = zip(shown, _doubts(shown), strict=True)
    return tuple(_told(row, doubt, keys, today) for row, doubt in told), rows.count()


def doubt_in(services: Collection[int], doubt_id: int) -> int | None:
    """The académie of a doubt about somebody whom those services manage; None for any other."""
    rows = Doubt.objects.filter(person__service_id__in=services, pk=doubt_id)
    return rows.values_list("academy_id", flat=True).first()


def _told(row: Doubt, doubt: DoubtShown, keys: NumenKeys, today: date) -> DoubtTold:
    quoted = unseal_bytes(bytes(row.sealed), keys, b"feed line")
    records = hr.read(";".join(hr.COLUMNS).encode() + b"\n" + quoted, today).records
    masked = next((record.numen.masked for record in records if record.numen), "")
    uais = tuple(dict.fromkeys(record.post.uai for record in records))
    return DoubtTold(doubt, records[0].civil if records else None, masked, uais, civil_of(row.person))


def doubts_of(academy_id: int, *, open_only: bool = True) -> tuple[DoubtShown, ...]:
    """The oldest first."""
    rows = Doubt.objects.filter(academy_id=academy_id).order_by("seen_at", "pk")
    rows = rows.filter(answer="") if open_only else rows
    return _doubts(list(rows))


def _doubts(rows: list[Doubt]) -> tuple[DoubtShown, ...]:
    names = people_named([row.person_id for row in rows])
    return tuple(
        DoubtShown(
            row.pk,
            row.dossier,
            row.reason,
            row.person_id,
            names.get(row.person_id, ""),
            row.first_line,
            row.seen_at,
            row.answer,
            row.answered_by,
        )
        for row in rows
    )


def _feed(row: Feed) -> FeedShown:
    return FeedShown(
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
    )


def first_reception(academy_id: int, sha256: str) -> datetime | None:
    """When a file of that content came first; None if it never did."""
    rows = Feed.objects.filter(academy_id=academy_id, sha256=sha256)
    return rows.aggregate(first=Min(Coalesce("received_at", "started_at")))["first"]  # type: ignore[no-any-return]


def newer_feeds(academy_id: int, received: datetime, source: str) -> tuple[FeedShown, ...]:
    """Feeds applied whose file came later, of that source or of none, the latest first."""
    rows = Feed.objects.filter(Q(refusal="") | Q(begun_at__isnull=False), academy_id=academy_id)
    if source:
        rows = rows.filter(full_source__in=("", source))
    rows = rows.annotate(came_at=Coalesce("received_at", "started_at")).filter(came_at__gt=received)
    return tuple(map(_feed, rows.order_by("-came_at", "-pk")[:100]))


def applied_since(feed: FeedShown) -> tuple[FeedShown, ...]:
    """Feeds of that source, or of none, that changed somebody after its plan was made, the latest first."""
    if feed.planned_at is None:
        return ()
    rows = Feed.objects.filter(academy_id=feed.academy_id, finished_at__gt=feed.planned_at)
    rows = rows.exclude(pk=feed.feed_id).filter(Q(refusal="") | ~Q(confirmed_by=""))
    rows = rows.exclude(arrivals=0, changes=0, departures=0)
    if feed.full_source:
        rows = rows.filter(full_source__in=("", feed.full_source))
    return tuple(map(_feed, rows.order_by("-finished_at", "-pk")[:100]))


def changed_by(feeds: Collection[FeedShown], person_ids: Collection[int]) -> frozenset[int]:
    """Those of the people whom one of the feeds changed, or brought."""
    rows = KeptLine.objects.filter(feed_id__in=[feed.feed_id for feed in feeds], person_id__in=person_ids)
    return frozenset(rows.values_list("person_id", flat=True))


def changed_since(feed: FeedShown) -> frozenset[int]:
    """Those of the people of a plan whom a feed changed after it was made."""
    newer = applied_since(feed)
    if not newer:
        return frozenset()
    planned = PlannedRow.objects.filter(feed_id=feed.feed_id, person_id__isnull=False)
    rows = KeptLine.objects.filter(
        feed_id__in=[one.feed_id for one in newer], person_id__in=planned.values("person_id")
    )
    return frozenset(rows.values_list("person_id", flat=True))


def planned_page(
    feed_id: int,
    kinds: Collection[str],
    *,
    search: str = "",
    order: str = "rank",
    first: int = 0,
    count: int = 30,
) -> tuple[tuple[PlanRow, ...], int]:
    """A page of the plan of a feed that waits, and how many there are. `search`: a dossier, a name."""
    rows = PlannedRow.objects.filter(feed_id=feed_id, kind__in=kinds)
    if search:
        named = Q()
        for word in bare(search).split()[:6]:
            named &= Q(sorted_as__contains=word)
        rows = rows.filter(Q(dossier__icontains=search) | named)
    shown = rows.order_by(order, "rank")[first : first + count]
    return tuple(map(_planned, shown)), rows.count()


def planned_fingerprints(feed_id: int) -> frozenset[str]:
    """Those of all the rows of a plan."""
    rows = PlannedRow.objects.filter(feed_id=feed_id)
    return frozenset(rows.values_list("fingerprint", flat=True).iterator(5000))


def counted_kinds(feed_id: int, *, waits: bool) -> dict[str, int]:
    """How many people of each kind a feed would change, or changed."""
    rows = (PlannedRow if waits else KeptLine)._default_manager.filter(feed_id=feed_id)
    return dict(rows.order_by().values_list("kind").annotate(Count("pk")))


def differences_of(kept: Sequence[Sequence[str | None]]) -> tuple[Difference, ...]:
    """As they were written in JSON."""
    return tuple(Difference(Field(f or ""), before, after or "", uai or "") for f, before, after, uai in kept)


def _planned(row: PlannedRow) -> PlanRow:
    return PlanRow(
        kind=RowKind(row.kind),
        person_id=row.person_id,
        dossier=row.dossier,
        name=row.name,
        line=row.line,
        uai=row.uai,
        function=row.function,
        differences=differences_of(row.differences),
        leaves_on=row.leaves_on,
        account_act=row.account_act,
        situation=Situation(row.situation) if row.situation else None,
        fingerprint=row.fingerprint,
    )


def known(academy_id: int, closing_days: ClosingDays) -> Known:
    """Everybody of the académie: ten questions, whatever their number."""
    origins = Origin.objects.filter(person__academy_id=academy_id)
    return Known(
        people={person.person_id: person for person in known_for_intake(academy_id)},
        accounts=_known_accounts(accounts_of_people(academy_id), closing_days(None)),
        sources=dict(origins.values_list("person_id", "source")),
        same=_answered(academy_id, Doubt.Answer.SAME),
        other=_answered(academy_id, Doubt.Answer.OTHER),
        elsewhere=known_elsewhere(academy_id),
    )


def known_among(
    academy_id: int, person_ids: Collection[int], digests: Collection[str], closing_days: ClosingDays
) -> Known:
    """The same of some: those people of the académie, and whoever holds those NUMENs elsewhere."""
    origins = Origin.objects.filter(person_id__in=person_ids) if person_ids else Origin.objects.none()
    accounts = accounts_of_people(academy_id, person_ids) if person_ids else {}
    closings = closing_days([account_id for account_id, _ in accounts.values()])
    return Known(
        people={person.person_id: person for person in known_for_intake(academy_id, person_ids)}
        if person_ids
        else {},
        accounts=_known_accounts(accounts, closings),
        sources=dict(origins.values_list("person_id", "source")),
        same=_answered(academy_id, Doubt.Answer.SAME),
        other=_answered(academy_id, Doubt.Answer.OTHER),
        elsewhere=known_elsewhere(academy_id, digests) if digests else {},
    )


def _known_accounts(
    accounts: Mapping[int, tuple[int, str]], closings: Mapping[int, date]
) -> dict[int, KnownAccount]:
    return {
        person_id: KnownAccount(account_id, state, closings.get(account_id))
        for person_id, (account_id, state) in accounts.items()
    }


def last_mentions(person_ids: Collection[int]) -> dict[int, date]:
    """Person → the last day a feed spoke of them after their account was closed."""
    return dict(Mention.objects.filter(person_id__in=person_ids).values_list("person_id", "on"))


def said_same(academy_id: int) -> frozenset[tuple[str, int]]:
    """(dossier of a feed, person) that humans said to be one."""
    return _answered(academy_id, Doubt.Answer.SAME)


def people_of_source(academy_id: int, source: str) -> Iterator[int]:
    """Those last seen in that source, by increasing id."""
    rows = Origin.objects.filter(person__academy_id=academy_id, source=source).order_by("person_id")
    return rows.values_list("person_id", flat=True).iterator(2000)


def sources_of(academy_id: int) -> tuple[str, ...]:
    """The sources that have brought somebody, by name."""
    rows = Origin.objects.filter(person__academy_id=academy_id).order_by("source")
    return tuple(rows.values_list("source", flat=True).distinct())


def _answered(academy_id: int, answer: str) -> frozenset[tuple[str, int]]:
    rows = Doubt.objects.filter(academy_id=academy_id, answer=answer)
    return frozenset(rows.values_list("dossier", "person_id"))
