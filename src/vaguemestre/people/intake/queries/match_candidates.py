"""Match candidates: people of a feed who may be somebody registered, for a human to answer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from vaguemestre.foundation.kernel.orders import column_of
from vaguemestre.people.directory.queries import civil_of, of_academy, shown_names
from vaguemestre.people.directory.rules.numen_vault import unseal_bytes
from vaguemestre.people.directory.values import CivilStatus, NumenKeys
from vaguemestre.people.intake.feed_parsers import hr
from vaguemestre.people.intake.models import MatchCandidate
from vaguemestre.people.intake.queries.feed_rows import matches_person
from vaguemestre.people.intake.values import LINE_PURPOSE

# Public sort keys → columns.
MATCH_CANDIDATE_ORDERS = {"date": "seen_at", "personne": "person__sorted_as", "dossier": "dossier"}


@dataclass(frozen=True, slots=True)
class MatchCandidateRow:
    """A match candidate as listed for whoever answers it."""

    candidate_id: int
    dossier: str
    reason: str
    person_id: int
    person_name: str
    first_line: int
    seen_at: datetime
    answer: str
    answered_by: str


@dataclass(frozen=True, slots=True)
class MatchComparison:
    """A match candidate with the civil status of each side, for an officer of the person's service.

    The NUMEN is masked. `feed_civil` is None when the columns of the feed were in another order.
    """

    candidate: MatchCandidateRow
    feed_civil: CivilStatus | None
    masked: str
    uais: tuple[str, ...]
    known_civil: CivilStatus | None


def count_match_candidates(academy_id: int = 0) -> int:
    """How many match candidates are not answered yet, of one académie unless 0."""
    return MatchCandidate.objects.filter(of_academy(academy_id), answer="").count()


def match_candidates_page(
    *,
    open_only: bool = True,
    search: str = "",
    order: str = "date",
    first: int = 0,
    count: int = 30,
    academy_id: int = 0,
) -> tuple[tuple[MatchCandidateRow, ...], int]:
    """A page of the candidates, of one académie unless 0, and their total.

    `order`: one of MATCH_CANDIDATE_ORDERS, `-` before it for descending.
    """
    candidates = MatchCandidate.objects.filter(of_academy(academy_id))
    rows = _filtered_candidates(candidates, open_only=open_only, search=search, order=order)
    return _candidate_rows(list(rows[first : first + count])), rows.count()


def match_candidates_of(academy_id: int, *, open_only: bool = True) -> tuple[MatchCandidateRow, ...]:
    """The candidates of the académie, oldest first."""
    rows = MatchCandidate.objects.filter(academy_id=academy_id).order_by("seen_at", "pk")
    rows = rows.filter(answer="") if open_only else rows
    return _candidate_rows(list(rows))


def match_comparisons_page(
    services: Collection[int],
    keys: NumenKeys,
    today: date,
    *,
    open_only: bool,
    search: str = "",
    order: str = "date",
    first: int,
    count: int,
) -> tuple[tuple[MatchComparison, ...], int]:
    """A page of the candidates about people those services manage, and their total.

    Sorted and filtered as `match_candidates_page`.
    """
    managed = MatchCandidate.objects.filter(person__service_id__in=services)
    rows = _filtered_candidates(managed, open_only=open_only, search=search, order=order)
    page = list(rows.select_related("person")[first : first + count])
    comparisons = (
        _match_comparison(row, candidate, keys, today)
        for row, candidate in zip(page, _candidate_rows(page), strict=True)
    )
    return tuple(comparisons), rows.count()


def academy_of_match_candidate(candidate_id: int) -> int | None:
    """The id of the candidate's académie; None if there is no such candidate."""
    return MatchCandidate.objects.filter(pk=candidate_id).values_list("academy_id", flat=True).first()


def academy_of_managed_match_candidate(services: Collection[int], candidate_id: int) -> int | None:
    """The same for a candidate about somebody those services manage; None for any other."""
    rows = MatchCandidate.objects.filter(person__service_id__in=services, pk=candidate_id)
    return rows.values_list("academy_id", flat=True).first()


def _filtered_candidates(
    rows: QuerySet[MatchCandidate], *, open_only: bool, search: str, order: str
) -> QuerySet[MatchCandidate]:
    rows = rows.filter(answer="") if open_only else rows.exclude(answer="")
    if search:
        rows = rows.filter(matches_person(search, "dossier") | Q(reason__icontains=search))
    return rows.order_by(column_of(order, MATCH_CANDIDATE_ORDERS), "pk")


def _match_comparison(
    row: MatchCandidate, candidate: MatchCandidateRow, keys: NumenKeys, today: date
) -> MatchComparison:
    lines = unseal_bytes(bytes(row.sealed), keys, LINE_PURPOSE)
    records = hr.parse_feed(";".join(hr.COLUMNS).encode() + b"\n" + lines, today).records
    return MatchComparison(
        candidate=candidate,
        feed_civil=records[0].civil if records else None,
        masked=next((record.numen.masked for record in records if record.numen), ""),
        uais=tuple(dict.fromkeys(record.post.uai for record in records)),
        known_civil=civil_of(row.person),
    )


def _candidate_rows(rows: list[MatchCandidate]) -> tuple[MatchCandidateRow, ...]:
    names = shown_names([row.person_id for row in rows])
    return tuple(
        MatchCandidateRow(
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
