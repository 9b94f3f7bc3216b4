"""The plan of a feed: a pure comparison of the file with the académie as it is."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import NamedTuple

from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory.values import KnownElsewhere, KnownPerson, NewPerson, Post
from vaguemestre.people.intake.rules.foreign_heads import refuse_foreign_heads
from vaguemestre.people.intake.rules.limits import LimitCounts, limit_refusal, taken_from
from vaguemestre.people.intake.rules.person_changes import (
    absence_change,
    merged_civil_status,
    person_change,
)
from vaguemestre.people.intake.rules.person_groups import PersonGroup, group_by_person
from vaguemestre.people.intake.rules.person_match import Digest, Matches, match_people
from vaguemestre.people.intake.rules.posts import are_over, has_open_post, is_open
from vaguemestre.people.intake.rules.situations import LEAVING, situation_of_posts, unknown_statuses
from vaguemestre.people.intake.values import (
    AcademySnapshot,
    Arrival,
    Change,
    ImportTerms,
    ParsedFeed,
    Plan,
    RefusedLine,
    Transfer,
)


class _Arrivals(NamedTuple):
    """`ended`: how many unknown people have already left, and are ignored."""

    arrivals: tuple[Arrival, ...]
    ended: int


class _Transfers(NamedTuple):
    """`still_elsewhere`: people whom the file of the académie they left still mentions, or who move later."""

    transfers: tuple[Transfer, ...]
    still_elsewhere: int


class _Changes(NamedTuple):
    """`erased`: how many people whose civil status was erased stay so."""

    changes: tuple[Change, ...]
    unchanged: int
    erased: int
    mentioned: frozenset[int]


def build_plan(feed: ParsedFeed, snapshot: AcademySnapshot, terms: ImportTerms, digest: Digest) -> Plan:
    """Arrivals, changes, departures, refused lines; `refusal` says why nothing may be applied, if so.

    The same file and the same state give the same plan; once applied, the plan is empty.
    """
    lines_kept, foreign = refuse_foreign_heads(feed.records, snapshot.uais_elsewhere, terms.today)
    groups, contradictions = group_by_person(lines_kept)
    matches = match_people(groups, snapshot, digest)
    refused = sorted((*feed.refused, *foreign, *contradictions, *matches.refused), key=lambda line: line.line)
    arrivals, ended = _plan_arrivals(matches.unknown, terms)
    transfers, still_elsewhere = _plan_transfers(matches.elsewhere, terms)
    changes = _plan_changes(matches, refused, snapshot, terms, digest)
    departures = tuple(change for change in changes.changes if change.leaves)
    accounts = _accounts_of_source(snapshot, terms)
    lines = len(feed.records) + len(feed.refused)
    unresolved = sum(len(match.lines) for match in matches.possible)
    taken = taken_from(Counter(t.left_academy_id for t in transfers), snapshot.accounts_elsewhere)
    counts = LimitCounts(len(departures), accounts, len(refused) - unresolved, lines, taken)
    return Plan(
        arrivals=arrivals,
        changes=changes.changes,
        refused=tuple(refused),
        unchanged=changes.unchanged,
        ended_already=ended + still_elsewhere + changes.erased,
        accounts_of_source=accounts,
        refusal=limit_refusal(counts, terms),
        possible_matches=tuple(sorted(matches.possible, key=lambda match: match.lines[0].line)),
        transfers=transfers,
        departures=departures,
        uais=frozenset(post.uai for post in _planned_posts(arrivals, transfers, changes.changes)),
        mentioned=changes.mentioned,
        unknown_statuses=unknown_statuses(feed.records),
        lines=lines,
        unresolved_lines=unresolved,
    )


def _plan_arrivals(groups: Iterable[PersonGroup], terms: ImportTerms) -> _Arrivals:
    arrivals, ended = [], 0
    for group in groups:
        situation = situation_of_posts(group.posts, terms.today)
        if are_over(group.posts, terms) or situation in LEAVING:
            ended += 1
            continue
        arrivals.append(Arrival(_new_person(group), tuple(group.records), situation))
    return _Arrivals(tuple(arrivals), ended)


def _plan_transfers(groups: Iterable[tuple[PersonGroup, KnownElsewhere]], terms: ImportTerms) -> _Transfers:
    """Transfers of people whose post here has begun, and after their last one elsewhere.

    Before its first day they serve where they are, address and mailbox included: the feed of that day moves
    them. If it began before, the file comes from the académie they left. Both are only counted.
    """
    transfers, still_elsewhere = [], 0
    for group, there in groups:
        begun = (post for post in group.posts if post.starts_on <= terms.today)
        latest = max((post.starts_on for post in begun if is_open(post, terms.today)), default=date.min)
        if latest > there.last_start:
            person = replace(_new_person(group), civil=merged_civil_status(group.civil, there.civil))
            transfers.append(Transfer(there.person_id, person, tuple(group.records), there.academy_id))
        else:
            still_elsewhere += 1
    return _Transfers(tuple(transfers), still_elsewhere)


def _plan_changes(
    matches: Matches,
    refused: Sequence[RefusedLine],
    snapshot: AcademySnapshot,
    terms: ImportTerms,
    digest: Digest,
) -> _Changes:
    matched = [(group, person) for group, person in matches.known if not _stays_erased(group, person, terms)]
    changes = [
        change
        for group, person in matched
        if (change := person_change(group, person, snapshot, terms, digest))
    ]
    unchanged = len(matched) - len(changes)
    if terms.full_source:
        present = {person.person_id for _, person in matches.known}
        changes += _plan_absences(snapshot, terms, present, {line.dossier for line in refused})
    mentioned = frozenset(person.person_id for _, person in matched if _is_closed(person, snapshot))
    return _Changes(tuple(changes), unchanged, len(matches.known) - len(matched), mentioned)


def _plan_absences(
    snapshot: AcademySnapshot, terms: ImportTerms, present: set[int], refused_dossiers: set[str]
) -> list[Change]:
    """Changes for the people of a source who are absent from its complete file."""
    changes = []
    for person_id, source in snapshot.sources.items():
        person = snapshot.people[person_id]
        if source != terms.full_source or person_id in present or person.dossier in refused_dossiers:
            continue
        change = absence_change(person, snapshot, terms)
        if change:
            changes.append(change)
    return changes


def _planned_posts(
    arrivals: Iterable[Arrival], transfers: Iterable[Transfer], changes: Iterable[Change]
) -> Iterable[Post]:
    posts = [(a.person.posts for a in arrivals), (t.person.posts for t in transfers)]
    posts.append(c.change.posts for c in changes)
    return chain.from_iterable(chain.from_iterable(posts))


def _accounts_of_source(snapshot: AcademySnapshot, terms: ImportTerms) -> int:
    """Open accounts the limit is counted on: those of the declared source, or all for a partial file."""
    return sum(
        account.state != AccountState.CLOSED
        for person_id, account in snapshot.accounts.items()
        if not terms.full_source or snapshot.sources.get(person_id) == terms.full_source
    )


def _stays_erased(group: PersonGroup, person: KnownPerson, terms: ImportTerms) -> bool:
    """Whether an erased civil status stays erased: it comes back only with an open post."""
    return person.civil is None and not has_open_post(group.posts, terms.today)


def _is_closed(person: KnownPerson, snapshot: AcademySnapshot) -> bool:
    account = snapshot.accounts.get(person.person_id)
    return account is not None and account.state == AccountState.CLOSED


def _new_person(group: PersonGroup) -> NewPerson:
    return NewPerson(
        dossier=group.dossier,
        civil=group.civil,
        category=group.category,
        posts=group.posts,
        numen=group.numen,
        recovery_address=group.recovery_address,
    )
