"""« Importer et exporter »: asked on the page, done by the worker in slices, owned by one person."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import PASSWORD, account
from tests.mailbox.portability.test_import import archive, box_of

from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.access.signin.ports import revocations
from vaguemestre.engines.memory.transfer_store import MemoryStore
from vaguemestre.foundation.cluster.locks import exclusive
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.mailbox.portability import handlers
from vaguemestre.mailbox.portability.events import ImportGoesOn, MoveGoesOn
from vaguemestre.mailbox.portability.models import Move
from vaguemestre.mailbox.portability.ports import (
    Source,
    SourceRefused,
    Store,
    open_elsewhere,
    open_store,
    other_parts,
)
from vaguemestre.mailbox.portability.values import Server, Tally
from vaguemestre.people.credentials.models import Account

pytestmark = pytest.mark.django_db
ADDRESS = "/parametres/courriers"


@pytest.fixture(autouse=True)
def box() -> Iterator[MemoryStore]:
    held, made = (open_store.get(), open_elsewhere.get(), other_parts.get()), MemoryStore()

    @contextmanager
    def opened(mailbox: str) -> Iterator[Store]:
        yield made

    open_store.replace(opened)
    other_parts.replace(lambda account_id: [("contacts.vcf", b"BEGIN:VCARD")])
    yield made
    open_store.replace(held[0])
    open_elsewhere.replace(held[1])
    other_parts.replace(held[2])


@pytest.fixture
def nicolas() -> Account:
    return account()


@pytest.fixture
def client(nicolas: Account) -> Client:
    return signed_in(nicolas)


def words(answer: object) -> str:
    text = answer.content.decode()  # type: ignore[attr-defined]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def work() -> None:
    """What the workers of imports and of long work would do until nothing is left."""
    waiting = DBTaskResult.objects.filter(status="READY", queue_name__in=("long", "imports"))
    while (job := waiting.first()) is not None:
        DBTaskResult.objects.filter(pk=job.pk).update(status="SUCCESSFUL")
        move_id = job.args_kwargs["args"][2]["move_id"]
        if job.queue_name == "imports":
            handlers.go_on_importing(ImportGoesOn(move_id))
        else:
            handlers.go_on(MoveGoesOn(move_id))


def upload(client: Client, content: bytes = b"", name: str = "vieux.mbox") -> object:
    given = SimpleUploadedFile(name, content or box_of(1, 2, 3))
    return client.post(f"{ADDRESS}/fichier", {"file": given, "where": ""})


def test_an_uploaded_file_comes_in_and_the_page_says_how_much(client: Client, box: MemoryStore) -> None:
    assert upload(client).status_code == 302  # type: ignore[attr-defined]
    assert "En cours" in words(client.get(ADDRESS))
    work()
    said = words(client.get(ADDRESS))
    assert "Import de vieux.mbox Terminé" in said
    assert "3 courriels ajoutés, 0 déjà là" in said
    assert len(box.folders["INBOX"]) == 3


def test_slices_end_where_a_single_run_would(
    client: Client, box: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "slice_of", lambda clock: lambda tally: True)  # one message at a time
    upload(client)
    work()
    assert len(box.folders["INBOX"]) == 3
    assert DBTaskResult.objects.filter(queue_name="imports").count() == 4


def test_exports_never_wait_behind_what_others_bring(client: Client, box: MemoryStore) -> None:
    upload(client)
    assert [job.queue_name for job in DBTaskResult.objects.all()] == ["imports"]
    handlers.go_on(MoveGoesOn(Move.objects.get().pk))  # as an older version announced it
    assert [job.queue_name for job in DBTaskResult.objects.all()] == ["imports", "imports"]
    assert box.folders["INBOX"] == []
    work()
    client.post(f"{ADDRESS}/exporter")
    (export,) = (
        job for job in DBTaskResult.objects.filter(status="READY") if "go_on" in str(job.args_kwargs)
    )
    assert export.queue_name == "long"


def test_two_slices_of_one_import_never_run_at_once(client: Client, box: MemoryStore) -> None:
    upload(client)
    move = Move.objects.get()
    with exclusive(f"import {move.pk}", settings.CONFIG.data_dir / "imports.lock"):
        handlers.go_on_importing(ImportGoesOn(move.pk))
    assert box.folders["INBOX"] == []
    assert DBTaskResult.objects.filter(queue_name="imports", run_after__gt=timezone.now()).exists()
    handlers.go_on_importing(ImportGoesOn(move.pk))
    assert len(box.folders["INBOX"]) == 3


@pytest.mark.parametrize(("preparing", "messages"), [(0.1, 5), (60.0, 60)])
def test_a_slice_lasts_as_long_as_its_archive_took_to_open(preparing: float, messages: int) -> None:
    """One message a second: of an archive that takes a minute to unpack, a minute's worth each time."""
    moment = 0.0
    enough = handlers.slice_of(lambda: moment)
    moment, done = preparing, 0
    while not enough(Tally()):
        moment, done = moment + 1, done + 1
    assert done in (messages, messages + 1)


def test_something_else_than_mail_is_said_and_can_be_taken_up_no_further(client: Client) -> None:
    upload(client, b"\x89PNG", "photo.png")
    work()
    page = words(client.get(ADDRESS))
    assert "« photo.png » ne contient pas de courriels reconnus" in page
    assert "Reprendre" not in page
    move = Move.objects.get()
    client.post(f"{ADDRESS}/{move.pk}/reprendre")
    move.refresh_from_db()
    assert move.state == "failed"


def test_a_second_one_waits_for_the_first(client: Client) -> None:
    upload(client)
    answer = upload(client)
    assert answer.status_code == 409  # type: ignore[attr-defined]
    assert "déjà en cours" in words(answer)
    assert len(list(settings.CONFIG.moves_dir.iterdir())) >= 1
    assert Move.objects.count() == 1


def test_stopped_it_waits_and_taken_up_again_it_ends(client: Client, box: MemoryStore) -> None:
    upload(client)
    move = Move.objects.get()
    client.post(f"{ADDRESS}/{move.pk}/arreter")
    work()
    assert box.folders["INBOX"] == []
    client.post(f"{ADDRESS}/{move.pk}/reprendre")
    work()
    assert len(box.folders["INBOX"]) == 3


def test_an_old_mailbox_is_read_with_a_password_that_does_not_stay(client: Client, box: MemoryStore) -> None:
    asked: list[Server] = []

    def opened(server: Server) -> object:
        asked.append(server)
        return nullcontext(archive(("Envoyés", box_of(7), True)))

    open_elsewhere.replace(opened)  # type: ignore[arg-type]
    given = {"host": "imap.ancienne.example", "username": "nicolas", "password": " s3cret ", "where": "apart"}
    assert client.post(f"{ADDRESS}/serveur", given).status_code == 302
    assert b"s3cret" not in bytes(Move.objects.get().sealed)
    work()
    assert asked == [Server("imap.ancienne.example", 993, "nicolas", " s3cret ")]
    assert bytes(Move.objects.get().sealed) == b""
    assert len(box.folders["Import/Envoyés"]) == 1


def test_a_server_that_refuses_is_told_in_words(client: Client) -> None:
    @contextmanager
    def opened(server: Server) -> Iterator[Source]:
        raise SourceRefused("portability.server-refused", host=server.host)
        yield

    open_elsewhere.replace(opened)
    given = {"host": "imap.x.example:1993", "username": "nicolas.m", "password": "s3cret", "where": "apart"}
    client.post(f"{ADDRESS}/serveur", given)
    work()
    answer = client.get(ADDRESS)
    assert "« imap.x.example » refuse cet identifiant ou ce mot de passe" in words(answer)
    assert "Reprendre" not in words(answer), "the same password would be refused again"
    link = re.search(r'href="([^"]*corriger=\d+)#titre-serveur"', answer.content.decode())
    assert link, "nothing proposes to correct what was typed"
    form = client.get(link[1]).content.decode()
    assert 'value="imap.x.example:1993"' in form
    assert 'value="nicolas.m"' in form
    assert re.search(r'value="apart"[^>]*checked', form)
    assert "s3cret" not in form
    another = signed_in(account("autre")).get(link[1]).content.decode()
    assert "nicolas.m" not in another


def test_a_move_that_may_yet_succeed_is_still_resumed(client: Client) -> None:
    @contextmanager
    def opened(server: Server) -> Iterator[Source]:
        raise SourceRefused("portability.mailbox-full")
        yield

    open_elsewhere.replace(opened)
    client.post(f"{ADDRESS}/serveur", {"host": "imap.x.example", "username": "n", "password": "p"})
    work()
    assert "Reprendre" in words(client.get(ADDRESS))


def test_a_server_that_is_away_is_asked_again_later(client: Client) -> None:
    @contextmanager
    def opened(server: Server) -> Iterator[Source]:
        raise EngineDown("away")
        yield

    open_elsewhere.replace(opened)
    client.post(f"{ADDRESS}/serveur", {"host": "imap.x.example", "username": "n", "password": "p"})
    with pytest.raises(EngineDown):
        handlers.go_on_importing(ImportGoesOn(Move.objects.get().pk))
    assert Move.objects.get().state == "running"


@pytest.mark.parametrize("host", ["", "pas un nom", "imap.x.example:abc", "a/../b"])
def test_what_is_no_server_name_is_refused_and_the_rest_kept(client: Client, host: str) -> None:
    answer = client.post(f"{ADDRESS}/serveur", {"host": host, "username": "nicolas", "password": "p"})
    assert answer.status_code == 422
    assert 'value="nicolas"' in answer.content.decode()


def test_an_export_needs_a_fresh_proof_and_is_for_its_owner_alone(client: Client, box: MemoryStore) -> None:
    upload(client)
    work()
    assert client.post(f"{ADDRESS}/exporter").status_code == 302
    work()
    export = Move.objects.get(kind="export")
    answer = client.get(f"{ADDRESS}/{export.pk}/telecharger")
    assert b"".join(answer.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    assert answer["Content-Disposition"].startswith("attachment")
    for close in answer._resource_closers:  # type: ignore[attr-defined]
        close()
    assert "Copie de vos données téléchargée" in client.get("/parametres/activite").content.decode()
    other = Client()
    other.post("/alogin", {"username": account("autre").username, "secret": PASSWORD})
    assert other.get(f"{ADDRESS}/{export.pk}/telecharger").status_code == 404
    assert Entry.objects.filter(action="portability.export-downloaded").count() == 1
    BrowserSession.objects.update(started_at=timezone.now() - timedelta(minutes=10))
    revocations.get().bump()  # every worker reads its sessions anew
    assert client.get(f"{ADDRESS}/{export.pk}/telecharger").status_code == 302


def test_after_a_proof_the_download_begins_from_its_page_not_from_the_sign_in(
    client: Client, nicolas: Account, box: MemoryStore
) -> None:
    """A file changes no page: the question « C’est bien vous ? » stayed, with the password in it."""
    client.post(f"{ADDRESS}/exporter")
    work()
    place = f"{ADDRESS}/{Move.objects.get().pk}/telecharger"
    BrowserSession.objects.update(started_at=timezone.now() - timedelta(minutes=10))
    revocations.get().bump()
    asked = client.get(place, follow=True)
    way = asked.redirect_chain[-1][0]
    assert way.startswith("/alogin?confirmer=1&next=")
    page = client.post(way, {"username": nicolas.username, "secret": PASSWORD}, follow=True)
    assert page["Refresh"] == f"0; url={place}"
    assert "le téléchargement commence" in words(page)
    assert "Refresh" not in client.get(f"{ADDRESS}?telecharger=999")


def test_files_are_forgotten_after_some_days(client: Client) -> None:
    upload(client)
    work()
    stored = settings.CONFIG.moves_dir / Move.objects.get().stored
    assert stored.exists()
    Move.objects.update(ended_at=timezone.now() - handlers.KEPT - timedelta(minutes=1))
    handlers.forget_old_files()
    assert not stored.exists()
    assert Move.objects.get().stored == ""


def test_a_stopped_move_keeps_neither_file_nor_password_forever(client: Client) -> None:
    upload(client)
    stored = settings.CONFIG.moves_dir / Move.objects.get().stored
    client.post(f"{ADDRESS}/{Move.objects.get().pk}/arreter")
    given = {"host": "imap.exemple.fr", "username": "moi", "password": "secret", "where": ""}
    client.post(f"{ADDRESS}/serveur", given)
    client.post(f"{ADDRESS}/{Move.objects.first().pk}/arreter")
    assert words(client.get(ADDRESS)).count("Reprendre") == 2
    Move.objects.update(ended_at=timezone.now() - handlers.KEPT - timedelta(minutes=1))
    handlers.forget_old_files()
    assert not stored.exists()
    assert {bytes(move.sealed) for move in Move.objects.all()} == {b""}
    assert "Reprendre" not in words(client.get(ADDRESS))
    client.post(f"{ADDRESS}/{Move.objects.first().pk}/reprendre")
    assert not Move.objects.filter(state="running").exists()


def test_nobody_reads_the_page_without_signing_in() -> None:
    assert Client().get(ADDRESS).status_code == 302
