"""A mail merge asks for no more memory than a message does, whatever its text repeats."""

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.answers import as_typed
from tests.mailbox.compose.test_mail_merge import HOME, carry, prepare, proof, start
from tests.mailbox.compose.test_services import save
from tests.post.outbox.letters import NOON

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose import queries, services
from vaguemestre.mailbox.compose.models import Composition, Mailing
from vaguemestre.mailbox.compose.rules.mail_merge import merged_html
from vaguemestre.mailbox.compose.rules.merge_weight import (
    MAX_VARIABLES,
    added_characters,
    check_added,
    column_uses,
)
from vaguemestre.mailbox.compose.services.mailings import merged_letters
from vaguemestre.mailbox.compose.services.rows import new_key
from vaguemestre.mailbox.compose.values import MailingOrder, MergeCopy, Writer
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.post.outbox.rules.message import build_message
from vaguemestre.post.outbox.values import Letter

pytestmark = pytest.mark.django_db
LONG = "&" * 2000  # five characters each in HTML


@pytest.fixture
def no_building(monkeypatch: pytest.MonkeyPatch) -> None:
    def built(*_: object, **__: object) -> bytes:
        raise AssertionError("a letter was built")

    monkeypatch.setattr(merged_letters, "build_message", built)


def written(writer: Writer, mailboxes: MemoryMailboxes, text: str) -> str:
    key = new_key()
    save(writer, key, mailboxes, 0, subject="x", text=text, is_plain=True)
    return key


def changed(key: str, text: str) -> None:
    Composition.objects.filter(key=key).update(text=text)


@given(st.lists(st.text("ab&<'\n{}", max_size=8), max_size=4), st.text("a{}x<", max_size=40))
def test_what_is_reckoned_is_what_the_values_weigh(cells: list[str], text: str) -> None:
    values = dict(zip("abxy", cells, strict=False))
    grown = len(merged_html(text, values)) - len(merged_html(text, dict.fromkeys(values, "")))
    assert added_characters(column_uses(text), MergeCopy(1, "", "a@x.fr", values)) == grown


def test_a_text_of_too_many_variables_is_refused_before_anything_is_built(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox, no_building: None
) -> None:
    key = written(writer, mailboxes, "{a}" * (MAX_VARIABLES + 1))
    with pytest.raises(Refusal, match="too-many-variables"):
        prepare(writer, key, "courriel;a\nlea@x.fr;b\n")
    column_uses("{a}" * MAX_VARIABLES)


def test_the_longest_row_is_judged_not_the_first(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox, no_building: None
) -> None:
    key = written(writer, mailboxes, "{a}" * 300)
    with pytest.raises(Refusal, match="copy-too-long") as refused:
        prepare(writer, key, f"courriel;a\nlea@x.fr;b\ntom@x.fr;{LONG}\n")
    assert refused.value.facts["address"] == "tom@x.fr"
    assert not Mailing.objects.exists()


def test_the_weight_of_all_is_that_of_the_longest_row(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "vaguemestre.mailbox.compose.services.mailings.mailing_preparation.MAX_MAILING_BYTES", 400_000
    )
    key = written(writer, mailboxes, "{a}" * 100)
    with pytest.raises(Refusal, match="mailing-heavy"):
        prepare(writer, key, f"courriel;a\nlea@x.fr;b\ntom@x.fr;{'x' * 2000}\n")
    prepare(writer, key, f"courriel;a\nlea@x.fr;b\ntom@x.fr;{'x' * 500}\n")


def test_a_copy_that_is_refused_is_put_aside_and_the_others_leave(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox, browser: Client
) -> None:
    key = written(writer, mailboxes, "{a}")
    prepare(writer, key, f"courriel;a\nlea@x.fr;b\ntom@x.fr;{LONG}\nzoe@x.fr;c\n")
    changed(key, "{a}" * 300)  # since it was prepared
    start(writer, key)
    carry(mailboxes, 2)
    assert {row.recipients[0] for row in OutboxMessage.objects.all()} == {"lea@x.fr", "zoe@x.fr"}
    OutboxMessage.objects.update(state="filed")
    carry(mailboxes)
    assert Mailing.objects.get().state == "done"
    page = browser.get(f"{HOME}{key}/exemplaires/").content.decode()
    assert "tom@x.fr : son exemplaire serait trop lourd" in as_typed(page)
    assert "lea@x.fr" not in page


def test_copies_are_built_outside_of_any_transaction(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Built within one, a long copy would hold everybody else's writing."""
    depths = []

    def watched(letter: Letter, *, boundary: str) -> bytes:
        depths.append(len(connection.atomic_blocks))
        return build_message(letter, boundary=boundary)

    monkeypatch.setattr(merged_letters, "build_message", watched)
    key, outside = written(writer, mailboxes, "{a}"), len(connection.atomic_blocks)
    prepare(writer, key, "courriel;a\nlea@x.fr;b\n")
    start(writer, key)
    carry(mailboxes)
    assert depths == [outside, outside]


def test_a_mailing_of_which_nothing_leaves_gives_the_draft_back(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    key = written(writer, mailboxes, "{a}")
    prepare(writer, key, f"courriel;a\ntom@x.fr;{LONG}\n")
    changed(key, "{a}" * 300)
    start(writer, key)
    carry(mailboxes)
    assert Mailing.objects.get().state == "ready"
    assert queries.find_draft(writer.account_id, key) is not None
    assert not Composition.objects.get().is_sending


def test_a_text_changed_since_it_was_prepared_is_judged_anew(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox, no_building: None, browser: Client
) -> None:
    key = new_key()
    save(writer, key, mailboxes, 0, subject="x", text="{nom}", is_plain=True, to="Tom <tom@x.fr>")
    Mailing.objects.create(
        account_id=writer.account_id, composition=Composition.objects.get(), key=key, series=key,
        created_at=NOON,
    ).copies.create(number=1, address="tom@x.fr", values={"nom": "Tom"})  # fmt: skip
    changed(key, "{nom}" * 1001)
    with pytest.raises(Refusal, match="too-many-variables"):
        services.start_mailing(writer.account_id, key, MailingOrder(proof(writer, key)), by="x", now=NOON)
    page = browser.get(f"{HOME}{key}/exemplaires/").content.decode()
    assert "<strong>x</strong>" not in page
    with pytest.raises(Refusal, match="copy-too-long"):
        check_added(column_uses("{a}" * 300), MergeCopy(1, "", "a@x.fr", {"a": LONG}))
