"""A feed given on a page waits unread; the worker plans it, and what is confirmed is what was shown."""

import os
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from tests.people.intake.lines import crowd, feed, line

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.models import Person
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.rules.numen_vault import seal_bytes
from vaguemestre.people.directory.services import found_academy
from vaguemestre.people.intake import handlers, services
from vaguemestre.people.intake.events import FeedConfirmed, PlanRequested
from vaguemestre.people.intake.models import Feed, HeldPiece, MatchCandidate, PlannedRow, RefusedRow
from vaguemestre.people.intake.queries import FeedSummary, feed_summary, plan_rows_page
from vaguemestre.people.intake.services import UploadedFeed, feed_records
from vaguemestre.people.intake.services.held.files import read_held_files, reseal_held_files, write_held_files
from vaguemestre.people.intake.values import HELD_FILE_PURPOSE

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
THREE = feed(*crowd(3))


@pytest.fixture
def academy(db: None) -> int:
    return found_academy("20", "Académie d’Amiens", "ac-amiens.test", ("002", "060", "080"))


def uploaded(academy: int, content: bytes = THREE, source: str = "") -> int:
    upload = UploadedFeed("rh.csv", content, full_source=source)
    return services.hold_upload(academy, upload, numen_keys.get(), by="account:1", now=NOW)


def summary(feed_id: int) -> FeedSummary:
    found = feed_summary(feed_id)
    assert found
    return found


def test_an_uploaded_feed_waits_unread_and_changes_nobody(academy: int) -> None:
    waiting = summary(uploaded(academy))
    assert waiting.waits
    assert waiting.is_unread
    assert not Person.objects.exists()
    with pytest.raises(Refusal, match="plan-stale"):
        services.confirm_feed(waiting.feed_id, plan="", departures=None, by="account:1", now=NOW)


def test_its_files_are_sealed(academy: int) -> None:
    feed_id = uploaded(academy)
    assert not any(b"Personne" in bytes(piece.sealed) for piece in HeldPiece.objects.all())
    assert read_held_files(feed_id, numen_keys.get()) == (THREE, b"")


def test_the_worker_plans_it_and_the_confirmed_plan_is_applied(academy: int) -> None:
    feed_id = uploaded(academy)
    handlers.rebuild_requested_plan(PlanRequested(feed_id))
    planned = summary(feed_id)
    assert planned.waits
    assert planned.arrivals == 3
    assert len(plan_rows_page(feed_id, ("arrival",), count=10)[0]) == 3
    assert planned.refusal.startswith("Ce fichier a été déposé sur la page")
    assert not Person.objects.exists()
    assert planned.planned_at
    services.confirm_feed(
        feed_id, plan=planned.plan_digest, departures=None, by="account:1", now=planned.planned_at
    )
    handlers.apply_confirmed(FeedConfirmed(feed_id))
    assert Person.objects.count() == 3
    assert not HeldPiece.objects.exists()


def applied(academy: int, content: bytes) -> int:
    """Upload the feed, confirm its plan as shown, and apply it. Returns its id."""
    feed_id = uploaded(academy, content)
    handlers.rebuild_requested_plan(PlanRequested(feed_id))
    digest = summary(feed_id).plan_digest
    services.confirm_feed(feed_id, plan=digest, departures=None, by="account:1", now=NOW)
    handlers.apply_confirmed(FeedConfirmed(feed_id))
    return feed_id


@pytest.mark.parametrize("days", [1, None])
def test_an_export_written_before_one_applied_already_is_told_to_go_back(
    academy: int, days: int | None
) -> None:
    applied(academy, THREE)
    export = feed(*(cells.replace("Personneak", "Autrefois") for cells in crowd(3)))
    written = (NOW - timedelta(days=days)).timestamp() if days else None
    upload = UploadedFeed("vieux.csv", export, modified=written)
    feed_id = services.hold_upload(academy, upload, numen_keys.get(), by="account:1", now=NOW)
    handlers.rebuild_requested_plan(PlanRequested(feed_id))
    assert summary(feed_id).changes == 1
    assert ("Un fichier plus récent, « rh.csv »" in summary(feed_id).refusal) is bool(days)


@pytest.mark.parametrize("numen", ["20E9500009TWN", ""])
def test_somebody_of_an_upload_who_is_like_a_known_person_waits_for_an_answer(
    academy: int, numen: str
) -> None:
    applied(academy, feed(line()))
    feed_id = applied(academy, feed(line(dossier="D9", numen=numen), line(dossier="D8", numen="")))
    assert list(Person.objects.values_list("dossier", flat=True)) == ["D1"]
    candidates = MatchCandidate.objects.order_by("dossier")
    assert [(one.dossier, one.person.dossier, one.feed_id) for one in candidates] == [
        ("D8", "D1", feed_id),
        ("D9", "D1", feed_id),
    ]


def test_somebody_of_a_discarded_upload_waits_for_no_answer(academy: int) -> None:
    applied(academy, feed(line()))
    feed_id = uploaded(academy, feed(line(dossier="D9", numen="20E9500009TWN")))
    handlers.rebuild_requested_plan(PlanRequested(feed_id))
    services.discard_feed(feed_id, by="account:1", now=NOW)
    assert not MatchCandidate.objects.exists()


def test_what_the_reader_of_the_file_has_to_say_is_on_its_page(academy: int) -> None:
    header, *rest = feed(line()).decode().splitlines()
    feed_id = uploaded(academy, "\n".join([f"{header};humeur", *(f"{row};bonne" for row in rest)]).encode())
    handlers.rebuild_requested_plan(PlanRequested(feed_id))
    assert "Colonnes ignorées du fichier : humeur." in summary(feed_id).refusal


def test_a_file_that_cannot_be_used_is_closed_with_its_reason_and_erased(academy: int) -> None:
    feed_id = uploaded(academy, b"nom,prenom\nMorel,Jeanne\n")
    handlers.rebuild_requested_plan(PlanRequested(feed_id))
    closed = summary(feed_id)
    assert closed.is_unusable
    assert not closed.waits
    assert "colonnes" in closed.refusal
    assert Entry.objects.filter(action="intake.feed-unusable").exists()


def test_a_plan_shown_is_not_confirmed_once_other_places_came_with_the_same_file(
    academy: int,
) -> None:
    feed_id = uploaded(academy)
    handlers.rebuild_requested_plan(PlanRequested(feed_id))
    shown = summary(feed_id).plan_digest
    upload = UploadedFeed("rh.csv", THREE, structures=b"uai;nom\n0800001A;Tout autre\n")
    assert services.hold_upload(academy, upload, numen_keys.get(), by="account:2", now=NOW) == feed_id
    with pytest.raises(Refusal):
        services.confirm_feed(feed_id, plan=shown, departures=None, by="account:1", now=NOW)


def test_a_feed_confirmed_is_applied_with_the_establishments_that_were_shown(academy: int) -> None:
    feed_id = uploaded(academy)
    handlers.rebuild_requested_plan(PlanRequested(feed_id))
    shown = summary(feed_id).plan_digest
    services.confirm_feed(feed_id, plan=shown, departures=None, by="account:1", now=NOW)
    upload = UploadedFeed("rh.csv", THREE, structures=b"uai;nom\n0800001A;Tout autre\n")
    assert services.hold_upload(academy, upload, numen_keys.get(), by="account:2", now=NOW) != feed_id
    assert read_held_files(feed_id, numen_keys.get()) == (THREE, b"")


def test_a_file_given_twice_waits_once(academy: int) -> None:
    assert uploaded(academy) == uploaded(academy)
    assert uploaded(academy, source="GRH1") != uploaded(academy)
    assert Feed.objects.count() == 2


def test_a_feed_given_up_while_the_worker_reads_it_stays_given_up(academy: int) -> None:
    feed_id = uploaded(academy)

    def gives_up(account_ids: Collection[int] | None) -> Mapping[int, date]:
        services.discard_feed(feed_id, by="account:1", now=NOW)
        return {}

    now = datetime(2026, 11, 25, 12, 5, tzinfo=UTC)
    context = replace(handlers.import_context_of(summary(feed_id)), closing_days=gives_up)
    with pytest.raises(Refusal, match="feed-decided"):
        services.rebuild_plan(feed_id, context, handlers.import_terms_of(summary(feed_id), now), now=now)
    assert not summary(feed_id).waits
    assert plan_rows_page(feed_id, ("arrival",), count=10)[0] == ()


def test_an_empty_file_is_refused_at_once(academy: int) -> None:
    with pytest.raises(Refusal, match="file-empty"):
        uploaded(academy, b" \n")


def test_a_file_of_many_pieces_comes_back_whole(academy: int) -> None:
    feed_id, large = uploaded(academy), os.urandom(20 << 20) + b"end"
    write_held_files(feed_id, large, b"places", numen_keys.get())
    assert read_held_files(feed_id, numen_keys.get()) == (large, b"places")
    assert {len(piece.sealed) <= 1 << 20 for piece in HeldPiece.objects.all()} == {True}


@pytest.mark.django_db(transaction=True)
def test_what_an_earlier_version_held_in_files_comes_into_the_database_and_its_folder_goes(
    academy: int,
) -> None:
    keys, feed_id = numen_keys.get(), uploaded(academy)
    HeldPiece.objects.all().delete()
    folder = Path(settings.CONFIG.data_dir) / "feeds"
    folder.mkdir(parents=True)
    for name, content in ((f"{feed_id}.feed", THREE), (f"{feed_id}.structures", b""), ("99.feed", b"b")):
        (folder / name).write_bytes(seal_bytes(content, keys, HELD_FILE_PURPOSE))
    import_module("vaguemestre.people.intake.migrations.0004_held_pieces").take_over(apps, None)
    assert read_held_files(feed_id, keys) == (THREE, b"")
    assert HeldPiece.objects.count() == 2
    assert (folder / f"{feed_id}.feed").exists()  # for the version before
    handlers.purge_old_lines()
    assert not folder.exists()
    assert read_held_files(feed_id, keys) == (THREE, b"")


def test_only_what_an_earlier_key_sealed_is_sealed_again(academy: int) -> None:
    uploaded(academy)
    before = list(HeldPiece.objects.order_by("pk").values_list("pk", "sealed"))
    assert before
    reseal_held_files(numen_keys.get())  # type: ignore[arg-type]
    assert list(HeldPiece.objects.order_by("pk").values_list("pk", "sealed")) == before


@pytest.mark.django_db(transaction=True)
def test_a_plan_is_written_by_parts_and_decided_on_once_it_is_whole(
    academy: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed_id = uploaded(academy)
    monkeypatch.setattr(feed_records, "_BATCH_PEOPLE", 2)
    with monkeypatch.context() as cut:
        cut.setattr(feed_records, "_finish_plan", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            handlers.rebuild_requested_plan(PlanRequested(feed_id))
    assert PlannedRow.objects.count() == 3  # they kept nobody from writing until the last was there
    cut_short = summary(feed_id)
    assert cut_short.is_unread
    with pytest.raises(Refusal, match="plan-stale"):
        services.confirm_feed(feed_id, plan=cut_short.plan_digest, departures=None, by="account:1", now=NOW)
    handlers.rebuild_requested_plan(PlanRequested(feed_id))
    assert (PlannedRow.objects.count(), summary(feed_id).arrivals) == (3, 3)


def test_a_feed_discarded_while_its_plan_is_written_keeps_none_of_it(
    academy: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed_id = uploaded(academy)

    def discard_meanwhile(*_: object) -> str:
        services.discard_feed(feed_id, by="account:1", now=NOW)
        return "digest"

    monkeypatch.setattr(feed_records, "plan_digest", discard_meanwhile)
    handlers.rebuild_requested_plan(PlanRequested(feed_id))
    assert not PlannedRow.objects.exists()
    assert not summary(feed_id).waits


def test_of_a_file_that_is_none_of_ours_the_first_refused_lines_are_kept(
    academy: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_records, "MAX_REFUSED_ROWS", 3)
    feed_id = uploaded(academy, feed(*["a"] * 5))
    handlers.rebuild_requested_plan(PlanRequested(feed_id))
    assert list(RefusedRow.objects.order_by("line").values_list("line", flat=True)) == [2, 3, 4]
    assert "5 lignes sur 5 sont refusées" in summary(feed_id).refusal
