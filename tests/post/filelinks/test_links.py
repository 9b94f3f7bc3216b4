"""The table of lent files and the store open nothing: the token of a link is in neither."""

from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone
from tests.access.signin.people import account

from vaguemestre.engines.file_store import FileStore
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.services import change_states, withdraw_proofs
from vaguemestre.post.filelinks import ports, queries, services
from vaguemestre.post.filelinks.http import file_limits
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
