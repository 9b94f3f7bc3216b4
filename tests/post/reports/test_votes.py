"""One vote for each person and message; the filter is taught what most say, by a job, once."""

import email.policy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.access.signin.people import account

from vaguemestre.engines.memory.mailbox import MemoryMailbox
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.post.mailstore.ports import FolderGone
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.post.reports.models import Vote
from vaguemestre.post.reports.rules import majority, vote_key
from vaguemestre.post.reports.services import cast_vote, teach_vote
from vaguemestre.post.reports.values import CastVote, VotedMessage

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
ID = "<m@dehors.example>"


def letter(text: str = "Gagnez beaucoup.") -> bytes:
    message = EmailMessage(policy=email.policy.SMTP)
    message["Message-ID"], message["From"], message["Subject"] = ID, "x@dehors.example", "Gain"
    message.set_content(text)
    return message.as_bytes()


class Boxes:
    """Mailboxes by name, and what the filter was taught."""

    def __init__(self) -> None:
        self.boxes: dict[str, MemoryMailbox] = {}
        self.taught: list[tuple[bytes, bool]] = []

    @contextmanager
    def open(self, login: MailLogin) -> Iterator[MemoryMailbox]:
        if login.mailbox not in self.boxes:
            raise FolderGone("webmail.folder-gone")
        yield self.boxes[login.mailbox]

    def put(self, mailbox: str, folder: str, content: bytes) -> None:
        box = self.boxes.setdefault(mailbox, MemoryMailbox())
        box.append(folder, content, (), NOW)

    def teach(self, content: bytes, *, is_junk: bool) -> None:
        self.taught.append((content, is_junk))

    def run(self, key: str) -> None:
        teach_vote(key, self.open, self.teach)


def vote(who: int, mailbox: str, *, is_junk: bool, minute: int = 0, folder: str = "INBOX") -> str:
    seen = VotedMessage(mailbox, folder, ID)
    cast_vote(who, letter(), seen, is_junk=is_junk, now=NOW + timedelta(minutes=minute))
    return vote_key(ID, letter())


@pytest.fixture
def boxes() -> Boxes:
    made = Boxes()
    made.put("a@x.fr", "INBOX", letter())
    made.put("b@x.fr", "INBOX", letter())
    return made


@pytest.mark.django_db
def test_a_vote_is_taught_once_however_often_it_is_cast(boxes: Boxes) -> None:
    who = account().pk
    for minute in range(3):
        boxes.run(vote(who, "a@x.fr", is_junk=True, minute=minute))
    assert boxes.taught == [(letter(), True)]
    assert Vote.objects.count() == 1


@pytest.mark.django_db
def test_a_changed_mind_replaces_the_vote(boxes: Boxes) -> None:
    who = account().pk
    boxes.run(vote(who, "a@x.fr", is_junk=True))
    boxes.run(vote(who, "a@x.fr", is_junk=False, minute=1))
    assert [is_junk for _, is_junk in boxes.taught] == [True, False]
    assert [(row.is_junk, row.taught) for row in Vote.objects.all()] == [(False, False)]


@pytest.mark.django_db
def test_one_person_does_not_outvote_two(boxes: Boxes) -> None:
    first, second, third = (account(name).pk for name in ("un", "deux", "trois"))
    vote(first, "a@x.fr", is_junk=False)
    boxes.run(vote(second, "b@x.fr", is_junk=False, minute=1))
    boxes.run(vote(third, "a@x.fr", is_junk=True, minute=2))
    assert [is_junk for _, is_junk in boxes.taught] == [False]


@pytest.mark.django_db
def test_a_message_that_moved_is_found_and_one_that_is_gone_teaches_nothing(boxes: Boxes) -> None:
    boxes.put("c@x.fr", "Junk", letter())
    boxes.run(vote(account().pk, "c@x.fr", is_junk=True))
    assert boxes.taught == [(letter(), True)]
    Vote.objects.all().delete()
    boxes.run(vote(account("autre").pk, "personne@x.fr", is_junk=True))
    assert len(boxes.taught) == 1


@pytest.mark.django_db
def test_a_vote_whose_account_was_erased_and_one_seen_where_no_folder_is_any_more_break_nothing(
    boxes: Boxes,
) -> None:
    key = vote(account().pk, "a@x.fr", is_junk=True, folder="Un ancien dossier")
    Vote.objects.all().delete()
    boxes.run(key)
    assert boxes.taught == []
    boxes.run(vote(account("autre").pk, "a@x.fr", is_junk=True, folder="Un ancien dossier"))
    assert boxes.taught == [(letter(), True)], "found in the inbox"


@pytest.mark.django_db
def test_without_a_filter_the_vote_waits(boxes: Boxes) -> None:
    def away(content: bytes, *, is_junk: bool) -> None:
        raise EngineDown("rspamd")

    key = vote(account().pk, "a@x.fr", is_junk=True)
    with pytest.raises(EngineDown):
        teach_vote(key, boxes.open, away)
    boxes.run(key)
    assert boxes.taught == [(letter(), True)]


def test_a_forged_copy_of_a_message_has_votes_of_its_own() -> None:
    assert vote_key(ID, letter()) != vote_key(ID, letter("Réunion mardi."))
    assert vote_key(ID, letter()) == vote_key(ID, b"Received: x\r\n" + letter())
    assert vote_key(ID, letter()) == vote_key(ID, letter().replace(b"\r\n", b"\n"))


@given(st.lists(st.booleans(), min_size=1))
def test_most_decide_and_the_last_one_where_they_are_as_many(said: Sequence[bool]) -> None:
    votes = [CastVote(is_junk, NOW + timedelta(minutes=minute)) for minute, is_junk in enumerate(said)]
    junk, rest = said.count(True), said.count(False)
    assert majority(votes) == (said[-1] if junk == rest else junk > rest)
