"""Files left by a link: for whoever has the address, until their last day, counted, checked, taken back."""

import contextlib
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import PASSWORD, account
from tests.answers import PageAnswer

from vaguemestre.engines.file_store import FileStore
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.filelinks import handlers, ports, queries, rules, services
from vaguemestre.post.filelinks.events import FileUploaded
from vaguemestre.post.filelinks.http import file_limits
from vaguemestre.post.filelinks.models import SharedFile
from vaguemestre.post.filelinks.rules.links import token_digest
from vaguemestre.post.filelinks.values import FileLimits, Filelink

pytestmark = pytest.mark.django_db(transaction=True)
CONTENT = bytes(range(256)) * 40


class Check:
    """A virus check that finds what it is told to."""

    is_wanted = False
    found = ""

    def __call__(self, content: BinaryIO) -> str:
        assert content.read() == CONTENT
        return self.found


@pytest.fixture
def check() -> Iterator[Check]:
    before, made = ports.scan.get(), Check()
    ports.scan.replace(made)
    yield made
    ports.scan.replace(before)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FileStore]:
    before, made = ports.file_store.get(), FileStore(tmp_path / "deposits")
    ports.file_store.replace(made)
    yield made
    ports.file_store.replace(before)


@pytest.fixture
def nicolas() -> Account:
    return account()


@pytest.fixture
def browser(nicolas: Account) -> Client:
    return signed_in(nicolas)


@pytest.fixture
def stranger() -> Client:
    return Client(HTTP_HOST=settings.FILES_HOST)


@pytest.fixture
def left(nicolas: Account, store: FileStore, check: Check) -> Filelink:
    return leave(nicolas, store, check)


def leave(who: Account, store: FileStore, check: Check, name: str = "Carte.pdf") -> Filelink:
    with transaction.atomic():
        made = services.share_content(
            who.pk, name, "application/pdf", CONTENT, store, check, file_limits(), now=timezone.now()
        )
    return queries.files_among(who.pk, [made.id])[0]


def path(shared_file: Filelink) -> str:
    link = queries.link_address(shared_file)
    assert link.startswith(settings.CONFIG.files_url)
    return link.removeprefix(settings.CONFIG.files_url)


def taken(stranger: Client, shared_file: Filelink, password: str = "", **headers: str) -> PageAnswer:
    """What the button gives; `headers` are those of the download it leads to."""
    told = stranger.post(path(shared_file), {"password": password})
    assert told.status_code == 303
    return stranger.get(told.headers["Location"], headers=headers)


def octets_of(answer: PageAnswer) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_a_stranger_takes_it_and_leaves_no_trace_but_a_count(
    left: Filelink, stranger: Client, nicolas: Account
) -> None:
    page = stranger.get(path(left))
    assert "Carte.pdf" in page.text
    assert queries.files_of(nicolas.pk)[0].downloads == 0  # what opens links by itself takes nothing
    given = taken(stranger, left)
    assert octets_of(given) == CONTENT
    assert given.headers["Content-Disposition"] == 'attachment; filename="Carte.pdf"'
    assert given.headers["Content-Type"] == "application/octet-stream"
    assert "sandbox" in given.headers["Content-Security-Policy"]
    assert queries.files_of(nicolas.pk)[0].downloads == 1
    assert not page.cookies
    assert not given.cookies


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [("bytes=4000-", 4000, None), ("bytes=10-19", 10, 20), ("bytes=-5", len(CONTENT) - 5, None)],
)
def test_a_download_that_was_cut_goes_on_where_it_stopped(
    left: Filelink, stranger: Client, nicolas: Account, asked: str, begin: int, end: int | None
) -> None:
    where = stranger.post(path(left)).headers["Location"]
    whole = stranger.get(where)
    assert octets_of(whole) == CONTENT
    assert whole.headers["Accept-Ranges"] == "bytes"
    piece = stranger.get(where, headers={"range": asked, "if-range": whole.headers["ETag"]})
    assert piece.status_code == 206
    assert octets_of(piece) == CONTENT[begin:end]
    assert piece.headers["Content-Range"] == f"bytes {begin}-{(end or len(CONTENT)) - 1}/{len(CONTENT)}"
    other = stranger.get(where, headers={"range": asked, "if-range": '"another"'})
    assert (other.status_code, octets_of(other)) == (200, CONTENT)
    assert stranger.get(where, headers={"range": "bytes=999999-"}).status_code == 416
    assert queries.files_of(nicolas.pk)[0].downloads == 1


def test_a_ticket_opens_its_file_only_and_ends_with_the_password(
    left: Filelink, stranger: Client, nicolas: Account, store: FileStore, check: Check
) -> None:
    where = stranger.post(path(left)).headers["Location"]
    other = leave(nicolas, store, check)
    assert stranger.get(where.replace(left.token, other.token)).status_code == 404
    assert stranger.get(where[:-2] + "x/").status_code == 404
    assert stranger.post(where).status_code == 405
    SharedFile.objects.filter(pk=left.id).update(password="changed")
    assert stranger.get(where).status_code == 404


@given(st.text("bytes=-, 0123456789", max_size=24), st.integers(1, 10**6))
def test_any_range_is_inside_the_file_or_refused(asked: str, size: int) -> None:
    piece = None
    with contextlib.suppress(Refusal):
        piece = rules.requested_range(asked, size)
    if piece:
        assert 0 <= piece[0] <= piece[1] < size


def test_on_their_origin_nobody_is_known_and_elsewhere_no_file_is_served(
    left: Filelink, browser: Client, stranger: Client
) -> None:
    inside = browser.get("/messagerie/fichiers/")
    assert "Carte.pdf" in inside.text
    there = browser.get("/messagerie/fichiers/", headers={"host": settings.FILES_HOST})
    assert there.status_code == 404
    assert "Fichier introuvable" in there.text
    assert not there.cookies
    assert browser.get(path(left)).status_code == 404
    for closed in ("/alogin", "/", "/messagerie/", "/sante/"):
        assert stranger.get(closed).status_code == 404


def test_a_password_is_asked_and_guessing_it_is_slowed(
    left: Filelink, browser: Client, stranger: Client, nicolas: Account
) -> None:
    day = f"{timezone.localdate() + timedelta(days=3):%d/%m/%Y}"
    answer = browser.post(f"/messagerie/fichiers/{left.id}/", {"until": day, "password": "sapin vert"})
    assert answer.status_code == 302
    assert "sapin" not in SharedFile.objects.get().password
    assert "Mot de passe" in stranger.get(path(left)).text
    for wrong in ("", "sapin rouge"):
        refused = stranger.post(path(left), {"password": wrong})
        assert refused.status_code == 422
        assert "pas le mot de passe" in refused.text
    assert octets_of(taken(stranger, left, "sapin vert")) == CONTENT
    for _ in range(6):
        last = stranger.post(path(left), {"password": "au hasard"})
    assert "Trop d’essais" in last.text
    browser.post(f"/messagerie/fichiers/{left.id}/", {"until": day, "open": "1"})
    assert octets_of(taken(stranger, left)) == CONTENT


def test_after_its_last_day_or_taken_back_the_same_page_says_nothing(
    left: Filelink, browser: Client, stranger: Client, store: FileStore, nicolas: Account, check: Check
) -> None:
    unknown = stranger.get("/" + "x" * 43 + "/").text
    SharedFile.objects.update(expires_on=paris_day(timezone.now()) - timedelta(days=1))
    assert stranger.get(path(left)).text == unknown
    assert stranger.post(path(left)).text == unknown
    handlers.purge_files()
    assert store.names() == set()
    other = leave(nicolas, store, check)
    assert "Fichiers déposés" in browser.post(f"/messagerie/fichiers/{other.id}/retirer/", follow=True).text
    assert stranger.post(path(other)).text == unknown
    assert store.names() == set()
    assert "filelinks.taken-back" in set(Entry.objects.values_list("action", flat=True))


def test_a_virus_found_takes_the_file_away_and_nobody_has_it_before(
    nicolas: Account, store: FileStore, check: Check, stranger: Client, browser: Client
) -> None:
    check.is_wanted = True
    left, clean = leave(nicolas, store, check), leave(nicolas, store, check)
    assert "en cours de contrôle" in stranger.get(path(left)).text
    assert stranger.post(path(left)).status_code == 422
    handlers.scan_file(FileUploaded(clean.id))
    check.found = "Eicar-Test"
    handlers.scan_file(FileUploaded(left.id))
    handlers.scan_file(FileUploaded(left.id))
    assert stranger.post(path(left)).status_code == 404
    assert "Aucun virus" in stranger.get(path(clean)).text
    assert "Virus trouvé" in browser.get("/messagerie/fichiers/").text
    assert store.names() == {token_digest(clean.token)}


def test_an_upload_cut_on_the_way_goes_on_where_it_stopped(
    nicolas: Account, store: FileStore, check: Check, stranger: Client
) -> None:
    with transaction.atomic():
        begun = services.begin_upload(
            nicolas.pk, "a.zip", "application/zip", len(CONTENT), store, file_limits(), now=timezone.now()
        )

    def add(offset: int, end: int) -> int:
        return services.append_chunk(nicolas.pk, begun.id, offset, CONTENT[offset:end], store, check)

    assert add(0, 4000) == 4000
    assert add(0, 4000) == 4000  # the answer was lost: the same slice again
    assert add(8000, 9000) == 4000  # out of order: told where to go on
    assert "pas encore entièrement" in stranger.get(path(begun)).text
    assert add(4000, len(CONTENT)) == len(CONTENT)
    with store.open(token_digest(begun.token)) as kept:
        assert kept.read() == CONTENT
    with pytest.raises(Refusal, match="gone"):
        services.append_chunk(account("autre").pk, begun.id, 0, b"x", store, check)


def test_somebody_elses_file_is_not_there(left: Filelink, client: Client) -> None:
    account("autre")
    client.post("/alogin", {"username": "autre", "secret": PASSWORD})
    assert "Carte.pdf" not in client.get("/messagerie/fichiers/").text
    day = f"{timezone.localdate():%d/%m/%Y}"
    assert client.post(f"/messagerie/fichiers/{left.id}/", {"until": day}).status_code == 422
    client.post(f"/messagerie/fichiers/{left.id}/retirer/")
    assert SharedFile.objects.count() == 1
    assert client.get(f"/messagerie/fichiers/{left.id}/").status_code == 405
    assert Client().get("/messagerie/fichiers/").status_code == 302


@pytest.mark.parametrize(
    ("until", "password", "said"),
    [
        ("demain", "", "Écrivez la date"),
        ("01/01/2020", "", "déjà passé"),
        ("01/01/2199", "", "jours qui viennent"),
        ("{today}", "court", "6 caractères"),
        ("{today}", "x" * 101, "100 caractères"),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(
    left: Filelink, browser: Client, until: str, password: str, said: str
) -> None:
    given_day = until.replace("{today}", f"{timezone.localdate():%d/%m/%Y}")
    answer = browser.post(f"/messagerie/fichiers/{left.id}/", {"until": given_day, "password": password})
    assert answer.status_code == 422
    assert said in answer.text
    assert SharedFile.objects.get().expires_on == left.until


def test_there_is_room_for_so_much() -> None:
    small = FileLimits(most=100, most_in_all=150, days=30, most_days=90)
    rules.check_limits(100, 50, 10_000, small)
    for size, present, free in ((101, 0, 10_000), (100, 51, 10_000), (100, 0, 150), (0, 0, 10_000)):
        with pytest.raises(Refusal):
            rules.check_limits(size, present, free, small)


@given(st.text(max_size=400))
def test_any_name_makes_one_file_name(typed: str) -> None:
    name = rules.file_name(typed)
    assert 0 < len(name) <= 200
    assert not re.search(r"[\x00-\x1f/\\\u202e]", name)
    assert rules.file_name(name) == name


def test_a_long_name_keeps_its_extension() -> None:
    assert rules.file_name("x" * 400 + ".pdf") == "x" * 196 + ".pdf"
    assert rules.file_name("x" * 400 + "." + "y" * 30) == "x" * 200


def test_the_store_holds_nothing_outside_its_folder(store: FileStore) -> None:
    for name in ("../../etc/passwd", "", "a/b", "x"):
        with pytest.raises(FileNotFoundError):
            store.open(name)
