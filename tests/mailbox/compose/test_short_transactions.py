"""Large files keep no other writer of the database waiting: on SQLite a transaction locks all of it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from tests.post.outbox.letters import NOON

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose import services
from vaguemestre.mailbox.compose.models import Enclosure, Slice
from vaguemestre.mailbox.compose.services import built_message
from vaguemestre.mailbox.compose.services.files import attachments
from vaguemestre.mailbox.compose.services.rows import new_key
from vaguemestre.mailbox.compose.values import DraftFields, Writer
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.post.outbox.rules.message import build_message

LIMIT = 20_971_520
DUE = NOON + timedelta(seconds=12)
WRITTEN = DraftFields(to="a@b.fr", subject="Sortie", html="<p>Voici.</p>")


@pytest.fixture
def under_lock(transactional_db: None) -> Iterator[list[str]]:
    """The statements that are run inside a transaction."""
    statements: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        if connection.in_atomic_block:
            statements.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield statements


def reads_slices(statement: str) -> bool:
    return statement.startswith("SELECT") and '"compose_slice"' in statement


def add(writer: Writer, key: str, size: int) -> int:
    return services.add_enclosure(
        writer, key, "a.bin", "application/octet-stream", size, is_picture=False, limit=LIMIT, now=NOON
    ).id


def send(writer: Writer, key: str, fields: DraftFields = WRITTEN) -> None:
    services.send_draft(writer, key, fields, 1, DUE, limit=LIMIT, now=NOON)


def uploaded(writer: Writer, key: str, content: bytes = b"0123456789") -> int:
    enclosure = add(writer, key, len(content))
    for offset in range(0, len(content), 4):
        services.add_slice(writer.account_id, key, enclosure, offset, content[offset : offset + 4])
    return enclosure


def test_a_slice_reads_no_other_slice_while_the_database_is_locked(
    under_lock: list[str], writer: Writer
) -> None:
    uploaded(writer, new_key())
    assert Slice.objects.count() == 3
    assert not [statement for statement in under_lock if reads_slices(statement)]


def test_a_slice_that_two_requests_bring_at_once_is_stored_once(
    under_lock: list[str], writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key()
    enclosure = add(writer, key, 10)
    services.add_slice(writer.account_id, key, enclosure, 0, b"0123")
    other = Enclosure.objects.get()
    Slice.objects.create(enclosure=other, offset=4, content=b"456789", size=6)
    monkeypatch.setattr(attachments, "received_octets", iter_of(4, 10))
    assert services.add_slice(writer.account_id, key, enclosure, 4, b"4567") == 10
    assert Slice.objects.count() == 2


def iter_of(*values: int) -> Any:
    left = iter(values)
    return lambda enclosure: next(left)


def test_a_message_is_made_before_the_database_is_locked(
    under_lock: list[str], writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked: list[bool] = []

    def noted(*args: Any, **options: Any) -> bytes:
        locked.append(connection.in_atomic_block)
        return build_message(*args, **options)

    monkeypatch.setattr(built_message, "build_message", noted)
    key = new_key()
    uploaded(writer, key)
    send(writer, key)
    assert locked == [False]
    assert not [s for s in under_lock if reads_slices(s) and '"content"' in s]
    assert b"MDEyMzQ1Njc4OQ==" in bytes(OutboxMessage.objects.get().content)


def test_a_file_removed_while_the_message_was_made_does_not_leave(
    under_lock: list[str], writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key()
    unwanted = [uploaded(writer, key)]

    def meddled(*args: Any, **options: Any) -> bytes:
        if unwanted:
            services.remove_enclosure(writer.account_id, key, unwanted.pop())
        return build_message(*args, **options)

    monkeypatch.setattr(built_message, "build_message", meddled)
    send(writer, key)
    assert b"MDEyMzQ1Njc4OQ==" not in bytes(OutboxMessage.objects.get().content)


def test_a_file_added_while_the_message_was_made_leaves_with_it(
    under_lock: list[str], writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, others = new_key(), [b"abcdef"]
    uploaded(writer, key)

    def meddled(*args: Any, **options: Any) -> bytes:
        if others:
            uploaded(writer, key, others.pop())
        return build_message(*args, **options)

    monkeypatch.setattr(built_message, "build_message", meddled)
    send(writer, key)
    assert b"YWJjZGVm" in bytes(OutboxMessage.objects.get().content)


def test_a_message_sent_meanwhile_by_another_window_is_not_made_again(
    under_lock: list[str], writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key()
    uploaded(writer, key)
    send(writer, key)
    monkeypatch.setattr(built_message, "build_message", lambda *_, **__: pytest.fail("made again"))
    send(writer, key)
    with pytest.raises(Refusal, match="already-sent"):
        services.send_draft(writer, key, WRITTEN, 2, DUE, limit=LIMIT, now=NOON)
    assert OutboxMessage.objects.count() == 1
