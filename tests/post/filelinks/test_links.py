"""The table of lent files and the store open nothing: the token of a link is in neither."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import BinaryIO

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone
from tests.access.signin.people import account

from vaguemestre.access.signin.models import Attempts
from vaguemestre.engines.file_store import FileStore
from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.services import change_states, withdraw_proofs
from vaguemestre.people.service_classes.models import ServiceClass
from vaguemestre.post.filelinks import ports, queries, services
from vaguemestre.post.filelinks.http import file_limits
from vaguemestre.post.filelinks.models import SharedFile
from vaguemestre.post.filelinks.rules.links import token_digest
from vaguemestre.post.filelinks.values import Filelink


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "deposits")


def rows() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM filelinks_sharedfile")
        return "".join(
            str(bytes(value) if isinstance(value, memoryview) else value)
            for row in cursor.fetchall()
            for value in row
        )


@pytest.mark.django_db
def test_the_token_of_a_link_is_neither_in_the_table_nor_in_the_store(store: FileStore) -> None:
    owner = account()
    with transaction.atomic():
        left = services.share_content(
            owner.pk,
            "a.pdf",
            "application/pdf",
            b"octets",
            store,
            ports.scan.get(),
            file_limits(),
            now=timezone.now(),
        )
    assert left.token not in rows()
    assert left.token not in store.names()
    assert queries.files_of(owner.pk)[0].token == left.token  # its depositor reads the link again
    assert queries.find_available(left.token, timezone.now().date())
    for value in store.names():
        assert queries.find_available(value, timezone.now().date()) is None


def shared(store: FileStore, owner_id: int | None) -> Filelink:
    with transaction.atomic():
        return services.share_content(
            owner_id,
            "a.pdf",
            "application/pdf",
            b"octets",
            store,
            ports.scan.get(),
            file_limits(),
            now=timezone.now(),
        )


STOPS = {
    "suspended": (
        lambda pk: change_states([pk], "suspend", by="test", now=timezone.now()),
        lambda pk: change_states([pk], "resume", by="test", now=timezone.now()),
    ),
    "secured": (
        lambda pk: withdraw_proofs(pk, by="test", now=timezone.now()),
        lambda pk: Account.objects.filter(pk=pk).update(password=make_password("vanille-drakkar")),
    ),
    "barred": (
        lambda pk: Account.objects.filter(pk=pk).update(password_barred_at=timezone.now()),
        lambda pk: Account.objects.filter(pk=pk).update(password_barred_at=None),
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("how", STOPS)
def test_nobody_downloads_while_the_account_of_the_owner_is_stopped(store: FileStore, how: str) -> None:
    stop, start_again = STOPS[how]
    owner, now = account(), timezone.now()
    Account.objects.filter(pk=owner.pk).update(activated_at=now)
    left, of_a_list = shared(store, owner.pk), shared(store, None)
    ticket = services.issue_ticket(left.token, "", "192.0.2.1", now=now)
    queries.open_download(left.token, ticket, store, now.date())[1].close()
    stop(owner.pk)
    assert queries.find_available(left.token, now.date()) is None
    with pytest.raises(Refusal, match="gone"):
        services.issue_ticket(left.token, "", "192.0.2.1", now=now)
    with pytest.raises(Refusal, match="gone"):
        queries.open_download(left.token, ticket, store, now.date())
    assert queries.find_available(of_a_list.token, now.date())
    start_again(owner.pk)
    assert queries.find_available(left.token, now.date())


class Scanner:
    """Finds what `found` names, or is away for the files of `refused`."""

    def __init__(self, *refused: bytes, is_wanted: bool = True) -> None:
        self.is_wanted, self.found, self.refused = is_wanted, "", refused
        self.scanned: list[bytes] = []

    def __call__(self, content: BinaryIO) -> str:
        octets = content.read()
        if octets in self.refused:
            raise EngineDown("clamd")
        self.scanned.append(octets)
        return self.found


def stored(store: FileStore, owner_id: int, content: bytes, scan: Scanner, at: datetime) -> Filelink:
    with transaction.atomic():
        return services.share_content(
            owner_id, "a.pdf", "application/pdf", content, store, scan, file_limits(), now=at
        )


@pytest.mark.django_db
def test_a_file_nobody_scanned_is_scanned_later_and_one_that_fails_holds_no_other_up(
    store: FileStore,
) -> None:
    owner, now = account(), timezone.now()
    before_scanners = stored(store, owner.pk, b"before", Scanner(is_wanted=False), now)
    lost = stored(store, owner.pk, b"lost", Scanner(), now - timedelta(days=5))
    too_big = stored(store, owner.pk, b"too big", Scanner(), now - timedelta(days=5))
    gone = stored(store, owner.pk, b"gone", Scanner(), now - timedelta(days=5))
    recent = stored(store, owner.pk, b"recent", Scanner(), now)
    store.remove(token_digest(gone.token))
    scanner = Scanner(b"too big")
    assert services.scan_left_over_files(store, scanner, lambda: now) == 2
    assert sorted(scanner.scanned) == [b"before", b"lost"], "the job of a recent one scans it"
    verdicts = dict(SharedFile.objects.values_list("pk", "verdict"))
    assert [verdicts[file.id] for file in (before_scanners, lost, too_big, gone, recent)] == [
        "clean", "clean", "waiting", "waiting", "waiting",
    ]  # fmt: skip
    assert services.scan_left_over_files(store, Scanner(is_wanted=False), lambda: now) == 0


@pytest.mark.django_db
def test_a_round_of_late_scans_ends_in_time_and_an_infected_file_leaves_the_store(store: FileStore) -> None:
    owner, now = account(), timezone.now()
    for number in range(3):
        stored(store, owner.pk, b"%d" % number, Scanner(is_wanted=False), now)
    moments = iter([now, now, now, now + timedelta(minutes=1)])  # the second file would come too late
    scanner = Scanner()
    scanner.found = "Eicar-Test"
    assert services.scan_left_over_files(store, scanner, lambda: next(moments)) == 1
    assert sorted(SharedFile.objects.values_list("verdict", flat=True)) == [
        "infected", "unchecked", "unchecked",
    ]  # fmt: skip
    assert len(store.names()) == 2


@pytest.mark.django_db
def test_an_upload_never_passes_the_size_it_announced(store: FileStore) -> None:
    owner, scanner = account(), Scanner()
    with transaction.atomic():
        begun = services.begin_upload(
            owner.pk, "a.zip", "application/zip", 6, store, file_limits(), now=timezone.now()
        )
    with pytest.raises(Refusal, match="overflow"):
        services.append_chunk(owner.pk, begun.id, 0, b"sept oc", store, scanner)
    assert services.append_chunk(owner.pk, begun.id, 0, b"octets", store, scanner) == 6
    assert services.append_chunk(owner.pk, begun.id, 6, b"more", store, scanner) == 6, "it is whole"
    with store.open(token_digest(begun.token)) as content:
        assert content.read() == b"octets"


@pytest.mark.django_db
def test_what_was_begun_and_left_is_purged_after_a_day_and_what_is_whole_on_its_last(
    store: FileStore,
) -> None:
    owner, now = account(), timezone.now()
    for age in (timedelta(hours=25), timedelta(hours=23)):
        with transaction.atomic():
            services.begin_upload(owner.pk, "a", "", 6, store, file_limits(), now=now - age)
    stored(store, owner.pk, b"whole", Scanner(), now - timedelta(days=5))
    assert services.purge_files(store, now=now) == 1
    assert sorted(SharedFile.objects.values_list("received", flat=True)) == [0, 5]
    SharedFile.objects.update(expires_on=paris_day(now) - timedelta(days=1))
    assert services.purge_files(store, now=now) == 2
    assert store.names() == set()


@pytest.mark.django_db
def test_an_account_whose_class_lends_no_file_lends_none(store: FileStore) -> None:
    owner = account()
    reduced = ServiceClass.objects.create(
        academy=owner.person.academy, name="Sans fichiers", lends_files=False
    )
    Account.objects.filter(pk=owner.pk).update(service_class=reduced)
    with pytest.raises(Refusal, match="not-in-class"):
        shared(store, owner.pk)
    assert shared(store, None).size == len(b"octets"), "a list lends whatever its writer's class"


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_whoever_has_the_link_alone_keeps_nobody_from_the_file(store: FileStore) -> None:
    """Nor slows signing in for those behind the same address, whose errors do not close the file either."""
    left, now = shared(store, account().pk), timezone.now()
    SharedFile.objects.filter(pk=left.id).update(password=make_password("sapin vert"))
    for _ in range(60):
        with pytest.raises(Refusal):
            services.issue_ticket(left.token, "au hasard", "192.0.2.9", now=now)
        now += timedelta(minutes=24)  # as often as a wrong one is looked at, in a day
    with pytest.raises(Refusal, match="wait"):
        services.issue_ticket(left.token, "sapin vert", "192.0.2.9", now=now - timedelta(minutes=24))
    assert services.issue_ticket(left.token, "sapin vert", "192.0.2.10", now=now)
    assert not Attempts.objects.filter(subject="network:192.0.2.9").exists()
    with pytest.raises(Refusal, match="wrong"):
        services.issue_ticket(left.token, "presque", "192.0.2.11", now=now)


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_many_networks_together_guess_few_passwords_of_a_link(store: FileStore) -> None:
    """A first try of each, up to some hundreds; and a hundred others."""
    left, now = shared(store, account().pk), timezone.now()
    SharedFile.objects.filter(pk=left.id).update(password=make_password("sapin vert"))
    counters = Attempts.objects.bulk_create(
        Attempts(subject=f"first:deposit:{left.id}", failures=count, last_at=now) for count in (475,)
    )
    looked_at = 0
    for number in range(200):
        try:
            services.issue_ticket(left.token, "au hasard", f"198.51.100.{number % 100}", now=now)
        except Refusal as refusal:
            looked_at += refusal.code == "filelinks.password-wrong"
    Attempts.objects.filter(pk=counters[0].pk).update(failures=0)
    assert 5 <= looked_at <= 12
    for number in range(250):
        try:
            services.issue_ticket(left.token, "au hasard", f"203.0.113.{number % 50}", now=now)
        except Refusal as refusal:
            looked_at += refusal.code == "filelinks.password-wrong"
    assert looked_at <= 12 + 50 + 102


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_one_line_of_ipv6_keeps_nobody_from_the_file(store: FileStore) -> None:
    """An ordinary line has 256 networks of its own: none of them is another place."""
    left, now = shared(store, account().pk), timezone.now()
    SharedFile.objects.filter(pk=left.id).update(password=make_password("sapin vert"))
    looked_at = 0
    for number in range(120):
        try:
            services.issue_ticket(left.token, "au hasard", f"2001:db8:7:{number:x}::/64", now=now)
        except Refusal as refusal:
            looked_at += refusal.code == "filelinks.password-wrong"
    assert looked_at <= 5
    with pytest.raises(Refusal, match="wrong"):
        services.issue_ticket(left.token, "presque", "2001:db8:8::/64", now=now)
    assert services.issue_ticket(left.token, "sapin vert", "2001:db8:9::/64", now=now)


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_some_tens_of_networks_keep_no_other_one_from_the_file(store: FileStore) -> None:
    left, now = shared(store, account().pk), timezone.now()
    SharedFile.objects.filter(pk=left.id).update(password=make_password("sapin vert"))
    for number in range(30):
        for _ in range(5):
            with pytest.raises(Refusal):
                services.issue_ticket(left.token, "au hasard", f"198.51.100.{number}", now=now)
    assert services.issue_ticket(left.token, "sapin vert", "192.0.2.10", now=now)


class CountingTogether(FileStore):
    """A store whose room is asked for by two uploads at once, if nothing keeps them apart."""

    both = Barrier(2, timeout=2)  # seconds: the second never comes where the first makes it wait

    def free(self) -> int:
        with suppress(BrokenBarrierError):
            self.both.wait()
        return super().free()


@pytest.mark.django_db(transaction=True)
def test_files_announced_together_stay_within_the_total_of_the_account(tmp_path: Path) -> None:
    owner, store = account(), CountingTogether(tmp_path / "deposits")
    limits = replace(file_limits(), most_in_all=1500)

    def announce(name: str) -> str:
        try:
            with transaction.atomic():
                services.begin_upload(
                    owner.pk, name, "application/pdf", 1000, store, limits, now=timezone.now()
                )
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(announce, ("a.pdf", "b.pdf"))) == ["", "filelinks.no-room"]
    assert SharedFile.objects.count() == 1
