"""A muted conversation stays silent: its new messages are read and muted, those of others are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.access.signin.people import NOON

from vaguemestre.engines.memory.mailbox import MemoryMailbox
from vaguemestre.mailbox.webmail.services import muted_threads
from vaguemestre.mailbox.webmail.services.muted_threads import (
    SUBJECT,
    mute_new_messages,
    muted_ids,
    remember_thread,
)
from vaguemestre.mailbox.webmail.values import Action
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.mailstore.values import Flag, MessageRef


def put(box: MemoryMailbox, number: int, answers: int = 0, *flags: str) -> MessageRef:
    reply = f"In-Reply-To: <{answers}@x>\r\nReferences: <{answers}@x>\r\n" if answers else ""
    content = f"Message-ID: <{number}@x>\r\n{reply}From: a@x.fr\r\nSubject: Sortie\r\n\r\nBonjour\r\n"
    return box.append("INBOX", content.encode(), flags, NOON)


def preferences(who: Account) -> dict[str, object]:
    who.refresh_from_db()
    return dict(who.preferences)


def mute(box: MemoryMailbox, who: Account, ref: MessageRef, action: Action = Action.MUTE) -> None:
    remember_thread(box, who.pk, preferences(who), action, [ref])


def silence(box: MemoryMailbox, who: Account) -> bool:
    return mute_new_messages(box, who.pk, preferences(who), box.page("INBOX", 0, 50))


def quiet(box: MemoryMailbox) -> set[str]:
    """Message-IDs of what is muted and read."""
    rows = box.page("INBOX", 0, 50).rows
    return {row.summary.message_id for row in rows if {Flag.MUTED, Flag.SEEN} <= row.flags}


@pytest.mark.django_db
def test_answers_to_a_muted_conversation_are_silent_and_so_are_the_answers_to_them(nicolas: Account) -> None:
    box = MemoryMailbox()
    mute(box, nicolas, put(box, 1))
    put(box, 2, 1)
    put(box, 9)
    assert silence(box, nicolas)
    assert quiet(box) == {"<2@x>"}
    put(box, 3, 2)
    assert silence(box, nicolas)
    assert quiet(box) == {"<2@x>", "<3@x>"}
    assert not silence(box, nicolas), "nothing is new"


@pytest.mark.django_db
def test_a_conversation_is_heard_again_once_unmuted_and_others_stay_silent(nicolas: Account) -> None:
    box = MemoryMailbox()
    first, other = put(box, 1), put(box, 5)
    for ref in (first, other):
        mute(box, nicolas, ref)
    mute(box, nicolas, first, Action.UNMUTE)
    assert muted_ids(preferences(nicolas)) == {"<5@x>"}
    put(box, 2, 1)
    assert not silence(box, nicolas)


@pytest.mark.django_db
def test_nobody_loses_a_muted_conversation_to_a_message_that_is_gone(nicolas: Account) -> None:
    box = MemoryMailbox()
    assert not silence(box, nicolas)
    mute(box, nicolas, put(box, 1))
    mute(box, nicolas, MessageRef("INBOX", 1, 99))
    assert muted_ids(preferences(nicolas)) == {"<1@x>"}


@pytest.mark.django_db
def test_the_oldest_are_dropped_beyond_what_is_kept(
    nicolas: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(muted_threads, "_MAX_IDS", 2)
    box = MemoryMailbox()
    for number in (1, 2, 3):
        mute(box, nicolas, put(box, number))
    assert muted_ids(preferences(nicolas)) == {"<2@x>", "<3@x>"}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["ids", "x"]), inner),
    )
)
def test_whatever_is_stored_gives_texts_or_nothing(stored: object) -> None:
    assert all(isinstance(one, str) for one in muted_ids({SUBJECT: stored}))
