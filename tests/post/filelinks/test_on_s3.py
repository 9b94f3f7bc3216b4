"""Files lent by a link whose contents are on S3 (moto, a test server): the same for whoever takes them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.access.signin.people import account
from tests.answers import PageAnswer
from tests.engines.s3 import bucket_of_moto

from vaguemestre.engines.object_store import ObjectStore
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.filelinks import ports, queries, services
from vaguemestre.post.filelinks.http import file_limits
from vaguemestre.post.filelinks.values import Filelink

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy]
CONTENT = bytes(range(256)) * 40


@pytest.fixture
def store() -> Iterator[ObjectStore]:
    before = ports.file_store.get()
    with bucket_of_moto() as bucket:
        ports.file_store.replace(made := ObjectStore(bucket, "deposits"))
        yield made
        ports.file_store.replace(before)


@pytest.fixture
def nicolas() -> Account:
    return account()


def octets_of(answer: PageAnswer) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def uploaded(who: Account, store: ObjectStore) -> Filelink:
    """A file that came in three pieces, the second of them twice."""
    with transaction.atomic():
        begun = services.begin_upload(
            who.pk, "Carte.pdf", "application/pdf", len(CONTENT), store, file_limits(), now=timezone.now()
        )
    for start in (0, 4_000, 4_000, 8_000):
        services.append_chunk(
            who.pk, begun.id, start, CONTENT[start : start + 4_000], store, ports.scan.get()
        )
    return queries.files_among(who.pk, [begun.id])[0]


def test_a_file_on_s3_is_lent_resumed_behind_the_front_and_erased_at_its_end(
    nicolas: Account, store: ObjectStore
) -> None:
    lent, stranger = (
        uploaded(nicolas, store),
        Client(HTTP_HOST=settings.FILES_HOST),
    )
    stranger.defaults["vaguemestre.front"] = "1"
    path = queries.link_address(lent).removeprefix(settings.CONFIG.files_url)
    told = stranger.post(path, {"password": ""})
    whole = stranger.get(told.headers["Location"])
    assert octets_of(whole) == CONTENT
    assert "X-Accel-Redirect" not in whole.headers
    rest = stranger.get(told.headers["Location"], headers={"Range": "bytes=3990-8009"})
    assert (rest.status_code, octets_of(rest)) == (206, CONTENT[3_990:8_010])
    assert len(store.names()) == 1
    services.purge_files(store, now=timezone.now() + timedelta(days=file_limits().days + 1))
    assert store.names() == set()
    assert stranger.get(told.headers["Location"]).status_code == 404
