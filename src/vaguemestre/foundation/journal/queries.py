"""Reading the journal."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.journal.rules import GENESIS, seal


@dataclass(frozen=True, slots=True)
class Kept:
    """One line of the journal, as it is read back."""

    action: str
    by: str
    at: datetime
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Written:
    """One line of the journal, with its number and whom it is about."""

    number: int
    at: datetime
    action: str
    by: str
    to: str
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Sought:
    """What lines are looked for; None asks nothing, several values are alternatives."""

    actions: tuple[str, ...] | None = None
    by: tuple[str, ...] | None = None
    to: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """The journal gone through: how many lines hold, the last seal, and the first line that does not hold.

    `why`: "altered" (its words are not those sealed) or "broken" (what stood before it is not there: a line
    was removed, added or moved); "" when all hold. `cut`: a seal kept elsewhere is not there any more.
    """

    lines: int
    head: str
    broken_at: int | None = None
    why: str = ""
    cut: bool = False

    @property
    def holds(self) -> bool:
        return self.broken_at is None and not self.cut


def objects_told(action: str, detail: str, values: Collection[str]) -> dict[str, str]:
    """Value of that detail → whom the first line of that act with it was about. Reads every such line."""
    rows = Entry.objects.filter(action=action, **{f"details__{detail}__in": list(values)}).order_by("-id")
    return {str(details[detail]): to for details, to in rows.values_list("details", "to")}


def lines_about(to: str, *, limit: int) -> list[Kept]:
    """The newest lines about somebody or something, newest first."""
    rows = Entry.objects.filter(to=to).order_by("-id")[:limit]
    return [Kept(row.action, row.by, row.at, row.details) for row in rows]


def last_about(to: str, action: str) -> datetime | None:
    """When that was last done to somebody or something."""
    return Entry.objects.filter(to=to, action=action).order_by("-id").values_list("at", flat=True).first()


def count_done(action: str, *, by: str, since: datetime) -> int:
    """How many times an actor did that since a moment."""
    return Entry.objects.filter(action=action, by=by, at__gte=since).count()


def journal_page(
    sought: Sought, *, first: int, count: int, backwards: bool = True
) -> tuple[tuple[Written, ...], int]:
    """A page of the lines sought, the last first unless asked otherwise, and how many there are."""
    rows = _sought(sought)
    ordered = rows.order_by("-id" if backwards else "id")
    return tuple(map(_written, ordered[first : first + count])), rows.count()


def journal_lines(sought: Sought) -> Iterator[Written]:
    """All the lines sought, in their order: for a file."""
    return map(_written, _sought(sought).order_by("id").iterator(chunk_size=2000))


def journal_head() -> tuple[int, str]:
    """(number, seal) of the last line: kept elsewhere, it shows later that nothing was cut off the end."""
    return Entry.objects.order_by("-id").values_list("id", "seal").first() or (0, GENESIS)


def chain_state(kept_seal: str = "") -> Chain:
    """Go through the whole journal, line by line. `kept_seal`: a seal that must still be there."""
    previous, lines, is_met = GENESIS, 0, not kept_seal
    for entry in Entry.objects.order_by("id").iterator(chunk_size=2000):
        if entry.previous != previous:
            return Chain(lines, previous, entry.pk, "broken")
        right = seal(
            previous, at=entry.at, action=entry.action, by=entry.by, to=entry.to, details=entry.details
        )
        if entry.seal != right:
            return Chain(lines, previous, entry.pk, "altered")
        previous, lines = entry.seal, lines + 1
        is_met = is_met or entry.seal == kept_seal
    return Chain(lines, previous, cut=not is_met)


def first_broken_entry() -> int | None:
    """The number of the first line that does not hold; None when the whole chain does."""
    return chain_state().broken_at


def _sought(sought: Sought) -> QuerySet[Entry]:
    rows = Entry.objects.all()
    for column, values in (("action", sought.actions), ("by", sought.by), ("to", sought.to)):
        if values is not None:
            rows = rows.filter(**{f"{column}__in": values})
    if sought.since:
        rows = rows.filter(at__gte=sought.since)
    if sought.until:
        rows = rows.filter(at__lt=sought.until)
    return rows


def _written(row: Entry) -> Written:
    return Written(row.pk, row.at, row.action, row.by, row.to, row.details)
