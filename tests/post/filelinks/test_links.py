"""The table of lent files and the shelf open nothing: the token of a link is in neither."""

import importlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone
from tests.access.signin.people import account

from vaguemestre.engines.shelf import FileShelf
from vaguemestre.post.filelinks import ports, queries, services
from vaguemestre.post.filelinks.http import room


@pytest.fixture
def shelf(tmp_path: Path) -> FileShelf:
    return FileShelf(tmp_path / "deposits")


def rows() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM filelinks_deposit")
        return "".join(
            str(bytes(value) if isinstance(value, memoryview) else value)
            for row in cursor.fetchall()
            for value in row
        )


@pytest.mark.django_db
def test_the_token_of_a_link_is_neither_in_the_table_nor_on_the_shelf(shelf: FileShelf) -> None:
    owner = account()
    with transaction.atomic():
        left = services.leave_whole(
            owner.pk,
            "a.pdf",
            "application/pdf",
            b"octets",
            shelf,
            ports.scan.get(),
            room(),
            now=timezone.now(),
        )
    assert left.token not in rows()
    assert left.token not in shelf.names()
    assert queries.deposits_of(owner.pk)[0].token == left.token  # its depositor reads the link again
    assert queries.find_lent(left.token, timezone.now().date())
    for value in shelf.names():
        assert queries.find_lent(value, timezone.now().date()) is None


@pytest.mark.django_db(transaction=True)
def test_links_written_before_go_on_working(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module("vaguemestre.post.filelinks.migrations.0002_tokens_as_digests")
    folder = settings.CONFIG.deposits_dir
    before = MigrationExecutor(connection)
    before.migrate([("deposits", "0001_initial")])
    try:
        former = before.loader.project_state([("deposits", "0001_initial")]).apps.get_model(
            "deposits", "Deposit"
        )
        token = "k" * 43
        former.objects.create(
            token=token, name="a.pdf", kind="application/pdf", size=6, received=6, verdict="unchecked",
            expires_on=timezone.now().date() + timedelta(days=3), created_at=timezone.now(),
        )  # fmt: skip
        folder.mkdir(parents=True, exist_ok=True)
        (folder / token).write_bytes(b"octets")
    finally:
        after = MigrationExecutor(connection)
        after.migrate([("deposits", module.__name__.rpartition(".")[2])])
    assert apps.get_model("deposits", "Deposit").objects.get().token_sha256 != token
    files = FileShelf(folder)
    assert token not in files.names()
    host = settings.FILES_HOST
    page = Client().get(f"/{token}/", headers={"Host": host})
    assert page.status_code == 200
    taken = Client().post(f"/{token}/", headers={"Host": host})
    assert taken.status_code == 303
    answer = Client().get(taken["Location"], headers={"Host": host})
    assert b"".join(answer) == b"octets"
