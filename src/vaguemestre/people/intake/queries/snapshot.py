"""The state of an académie that a feed is compared with."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from vaguemestre.people.credentials.queries import accounts_of_people, count_open_accounts
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory.queries import known_people, people_elsewhere_by_digest, uais_elsewhere
from vaguemestre.people.intake.models import MatchCandidate, Mention, Origin
from vaguemestre.people.intake.ports import ClosingDays
from vaguemestre.people.intake.values import AcademySnapshot, KnownAccount


def academy_snapshot(academy_id: int, closing_days: ClosingDays) -> AcademySnapshot:
    """Everybody of the académie, in eleven queries whatever their number."""
    origins = Origin.objects.filter(person__academy_id=academy_id)
    elsewhere = people_elsewhere_by_digest(academy_id)
    others = {person.academy_id for person in elsewhere.values()}
    return AcademySnapshot(
        people={person.person_id: person for person in known_people(academy_id)},
        accounts=_known_accounts(accounts_of_people(academy_id), closing_days(None)),
        sources=dict(origins.values_list("person_id", "source")),
        same=_answered_matches(academy_id, MatchCandidate.Answer.SAME),
        other=_answered_matches(academy_id, MatchCandidate.Answer.OTHER),
        elsewhere=elsewhere,
        accounts_elsewhere={other: count_open_accounts(other) for other in others},
        uais_elsewhere=uais_elsewhere(academy_id),
    )


def snapshot_of_people(
    academy_id: int,
    person_ids: Collection[int],
    digests: Collection[str],
    closing_days: ClosingDays,
    uais_elsewhere: frozenset[str],
) -> AcademySnapshot:
    """The snapshot of those people of the académie, and of the holders of those NUMENs elsewhere."""
    origins = Origin.objects.filter(person_id__in=person_ids) if person_ids else Origin.objects.none()
    accounts = accounts_of_people(academy_id, person_ids) if person_ids else {}
    closings = closing_days([account.account_id for account in accounts.values()])
    people = known_people(academy_id, person_ids) if person_ids else ()
    return AcademySnapshot(
        people={person.person_id: person for person in people},
        accounts=_known_accounts(accounts, closings),
        sources=dict(origins.values_list("person_id", "source")),
        same=_answered_matches(academy_id, MatchCandidate.Answer.SAME),
        other=_answered_matches(academy_id, MatchCandidate.Answer.OTHER),
        elsewhere=people_elsewhere_by_digest(academy_id, digests) if digests else {},
        uais_elsewhere=uais_elsewhere,
    )


def confirmed_matches(academy_id: int) -> frozenset[tuple[str, int]]:
    """(dossier of a feed, person) pairs that humans said to be the same person."""
    return _answered_matches(academy_id, MatchCandidate.Answer.SAME)


def last_mentions(person_ids: Collection[int]) -> dict[int, date]:
    """Person → the last day a feed mentioned them after their account was closed."""
    return dict(Mention.objects.filter(person_id__in=person_ids).values_list("person_id", "on"))


def people_of_source(academy_id: int, source: str) -> Iterator[int]:
    """Ids of the people last seen in that source, ascending."""
    rows = Origin.objects.filter(person__academy_id=academy_id, source=source).order_by("person_id")
    return rows.values_list("person_id", flat=True).iterator(2000)


def sources_of(academy_id: int) -> tuple[str, ...]:
    """The sources people of the académie come from, by name."""
    rows = Origin.objects.filter(person__academy_id=academy_id).order_by("source")
    return tuple(rows.values_list("source", flat=True).distinct())


def _known_accounts(
    accounts: Mapping[int, tuple[int, str]], closings: Mapping[int, date]
) -> dict[int, KnownAccount]:
    return {
        person_id: KnownAccount(account_id, AccountState(state), closings.get(account_id))
        for person_id, (account_id, state) in accounts.items()
    }


def _answered_matches(academy_id: int, answer: str) -> frozenset[tuple[str, int]]:
    rows = MatchCandidate.objects.filter(academy_id=academy_id, answer=answer)
    return frozenset(rows.values_list("dossier", "person_id"))
