"""Check a feed: read its files, compare them with the directory, collect the notices."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.people.directory.queries import newest_person_id, place_changes, place_names
from vaguemestre.people.directory.values import Place
from vaguemestre.people.intake import queries
from vaguemestre.people.intake.feed_parsers import hr, structures
from vaguemestre.people.intake.feed_parsers.csv_lines import Content, InMemory, Sheet
from vaguemestre.people.intake.rules.place_notices import changed_notices
from vaguemestre.people.intake.services.feed_diff import compare_with_directory
from vaguemestre.people.intake.services.import_context import (
    CheckedFeed,
    FeedFiles,
    ImportContext,
    ReceivedFeed,
)
from vaguemestre.people.intake.services.on_disk import OnDisk
from vaguemestre.people.intake.services.reception import received_at, with_order_check
from vaguemestre.people.intake.values import ImportTerms, ParsedPlaces

_CHUNK_BYTES = 1_048_576


def check_feed(files: FeedFiles, context: ImportContext, terms: ImportTerms, *, now: datetime) -> CheckedFeed:
    """Compare a feed with the directory, and change nothing.

    Raises the Refusals of `feeds` when a file itself cannot be used, `intake.file-changed`, and OSError.
    """
    feed = receive_feed(files, context, now)
    terms = with_recent_departures(terms, context.academy_id, now)
    checked = compare_feed(hr.open_sheet(feed.content), read_places(files), context, terms)
    return replace(checked, plan=with_order_check(checked.plan, context.academy_id, feed.received, terms))


def with_recent_departures(terms: ImportTerms, academy_id: int, now: datetime) -> ImportTerms:
    """The terms, with the departures of the last 24 hours that count with those of the feed."""
    since = now - timedelta(hours=24)
    recent = queries.count_unconfirmed_departures(academy_id, terms.full_source, since)
    return replace(terms, recent_departures=recent)


def receive_feed(files: FeedFiles, context: ImportContext, now: datetime) -> ReceivedFeed:
    """Open the feed, hash it, and find when it was first received. Raises OSError, `intake.file-changed`."""
    content = InMemory(files.feed) if isinstance(files.feed, bytes) else OnDisk(files.feed)
    sha256 = _content_sha256(content)
    modified = files.feed.stat().st_mtime if isinstance(files.feed, Path) else None
    return ReceivedFeed(files, content, sha256, received_at(modified, sha256, context.academy_id, now))


def read_places(files: FeedFiles) -> ParsedPlaces:
    """The companion file of establishments, parsed; empty if there is none."""
    if files.structures is None:
        return ParsedPlaces((), (), ())
    return structures.parse_structures(files.structures)


def compare_feed(
    sheet: Sheet, places: ParsedPlaces, context: ImportContext, terms: ImportTerms
) -> CheckedFeed:
    """Compare the feed with the directory as it is now."""
    newest = newest_person_id(context.academy_id)  # before the directory is read
    plan, lines = compare_with_directory(sheet, context.academy_id, terms, context.keys, context.closing_days)
    changed = place_changes(context.academy_id, places.places)
    return CheckedFeed(
        plan=plan,
        places=places.places,
        notices=(
            *sheet.notices,
            *places.notices,
            *_source_notices(context.academy_id, terms.full_source),
            *_status_notices(plan.unknown_statuses),
            *changed_notices(changed),
        ),
        refused_places=places.refused,
        lines=lines,
        newest_person=newest,
        changed_places=changed,
    )


def new_places(checked: CheckedFeed) -> dict[str, str]:
    """UAI → name and town of the establishments that the feed would open; "" where its files name none."""
    names = {place.uai: _with_town(place) for place in checked.places} | dict.fromkeys(
        checked.plan.uais - {place.uai for place in checked.places}, ""
    )
    return {uai: names[uai] for uai in names.keys() - place_names(names).keys()}


def _with_town(place: Place) -> str:
    """Its name, then its town unless the name says it: several have one name."""
    is_told = not place.name or not place.town or place.town.casefold() in place.name.casefold()
    return place.name if is_told else f"{place.name}, {place.town}"


def _content_sha256(content: Content) -> str:
    sha256 = hashlib.sha256()
    for start in range(0, content.size, _CHUNK_BYTES):
        sha256.update(content.read(start, _CHUNK_BYTES))
    return sha256.hexdigest()


def _source_notices(academy_id: int, source: str) -> tuple[str, ...]:
    """A notice if the source is new: it may be another one misspelt, and no absence would be seen."""
    sources = queries.sources_of(academy_id) if source else ()
    if not source or source in sources:
        return ()
    others = f"Sources déjà déclarées : {', '.join(sources)}." if sources else "C’est la première déclarée."
    return (f"La source « {source} » n’a encore personne : aucune absence ne sera vue. {others}",)


def _status_notices(unknown_statuses: Mapping[str, int]) -> tuple[str, ...]:
    """A notice if statuses are unknown: one of them could be a leave, a retirement, a death."""
    if not unknown_statuses:
        return ()
    counts = ", ".join(
        f"« {status} » ({counted(count, 'ligne')})" for status, count in sorted(unknown_statuses.items())
    )
    return (f"Statuts inconnus, lus comme en activité : {counts}.",)
