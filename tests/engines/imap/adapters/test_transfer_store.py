"""Moving into and out of a real mailbox, and the same promises kept by the one in dicts."""

import ssl
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.engines.live import LiveEngines, Someone
from tests.engines.mail import Post
from tests.mailbox.portability.test_import import archive, box_of, letter, with_header_of

from vaguemestre.engines.imap.adapters.transfer_store import OpenTransferStore
from vaguemestre.engines.memory.transfer_store import MemoryStore
from vaguemestre.engines.remote_imap import RemoteImap
from vaguemestre.engines.tls import certificates
from vaguemestre.mailbox.portability.ports import MailboxFull, SourceRefused, Store
from vaguemestre.mailbox.portability.rules.identity import header_of, mark_of
from vaguemestre.mailbox.portability.services import LocalFile, export_folders, import_messages
from vaguemestre.mailbox.portability.values import Server, Tally

pytestmark = pytest.mark.engines
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def post(engines: LiveEngines) -> Iterator[Post]:
    made = Post(engines)
    yield made
    made.pool.close_all()


@pytest.fixture(params=["memory", "imap"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    engines, post = request.getfixturevalue("engines"), request.getfixturevalue("post")
    with OpenTransferStore(post.mailboxes)(engines.someone().mailbox) as opened:
        yield opened


def test_what_is_added_is_marked_and_comes_out_as_it_went_in(store: Store) -> None:
    store.make("Projets/Écoles & co")
    store.make("Projets/Écoles & co")
    store.add("Projets/Écoles & co", letter(1), frozenset({"\\Seen", "$label1"}), NOW)
    store.add("Projets/Écoles & co", letter(2), frozenset(), NOW)
    assert "Projets/Écoles & co" in store.places().names
    assert store.marks("Projets/Écoles & co") == {
        mark_of(header_of(letter(number)), len(letter(number))) for number in (1, 2)
    }
    first, second = store.messages("Projets/Écoles & co", 0)
    assert (first.content, first.flags, first.date) == (letter(1), {"\\Seen", "$label1"}, NOW)
    assert list(store.messages("Projets/Écoles & co", first.uid)) == [second]
    assert list(store.messages("Projets/Écoles & co", second.uid)) == []
    # a UID of a folder made again since says nothing of this one's
    assert list(store.messages("Projets/Écoles & co", second.uid, second.validity)) == []
    assert list(store.messages("Projets/Écoles & co", second.uid, second.validity + 1)) == [first, second]
    assert store.marks("INBOX") == set()


def test_the_special_folders_are_known_by_their_use(store: Store) -> None:
    assert set(store.places().special) == {"sent", "drafts", "junk", "trash", "archive"}


def test_a_whole_import_twice_then_an_export(store: Store, tmp_path: Path) -> None:
    source = archive(("Envoyés", box_of(*range(45)), True), ("Parents d’élèves", letter(99), False))
    assert import_messages(store, source, Tally(), now=NOW).added == 46
    assert import_messages(store, source, Tally(), now=NOW).known == 46
    assert export_folders(store, lambda name: LocalFile(tmp_path / name), Tally()).added == 46


def test_a_full_mailbox_says_so(engines: LiveEngines, post: Post) -> None:
    small = engines.someone(quota_mb=1)
    with OpenTransferStore(post.mailboxes)(small.mailbox) as opened:
        opened.add("INBOX", letter(1, "x" * 900_000), frozenset(), NOW)
        with pytest.raises(MailboxFull):
            opened.add("INBOX", letter(2, "x" * 900_000), frozenset(), NOW)


def answered(answer: tuple[str, Sequence[object]]) -> None:
    """Raise what the server says against a command: imaplib only returns it."""
    assert answer[0] == "OK", answer


class TestAnotherServer:
    """Its mail is read over TLS, whole, without changing anything there."""

    @pytest.fixture
    def old(self, engines: LiveEngines) -> Someone:
        person = engines.someone()
        with engines.signed_in(person) as client:
            for folder in ("INBOX", "Sent", "Projets/2026"):
                if folder not in ("INBOX", "Sent"):
                    answered(client.create(folder))
                for number in range(3):
                    date = '"02-Nov-2026 08:00:00 +0100"'
                    answered(client.append(folder, "(\\Seen \\Flagged)", date, letter(number)))
        return person

    @pytest.fixture
    def elsewhere(self, engines: LiveEngines) -> RemoteImap:
        place = f"localhost:{engines.config.ports.imaps}"
        ca = str(certificates.paths(engines.config).ca)
        return RemoteImap((place,), lambda: ssl.create_default_context(cafile=ca))

    def server(self, engines: LiveEngines, old: Someone, password: str = "") -> Server:
        return Server("localhost", engines.config.ports.imaps, old.mailbox, password or old.password)

    def test_everything_comes_once_and_the_old_box_is_untouched(
        self, engines: LiveEngines, post: Post, old: Someone, elsewhere: RemoteImap
    ) -> None:
        new = engines.someone()
        tally = Tally()
        while not tally.is_over:  # in slices of two messages, each with a connection of its own
            with (
                elsewhere(self.server(engines, old)) as source,
                OpenTransferStore(post.mailboxes)(new.mailbox) as box,
            ):
                limit = tally.added + 2
                tally = import_messages(
                    box, source, tally, now=NOW, enough=lambda so_far, limit=limit: so_far.added >= limit
                )
        assert (tally.added, tally.known, tally.left_count, tally.total) == (9, 0, 0, 9)
        with OpenTransferStore(post.mailboxes)(new.mailbox) as box:
            for folder in ("INBOX", "Sent", "Projets/2026"):
                assert [(one.content, one.flags, one.date) for one in box.messages(folder, 0)] == [
                    (letter(number), {"\\Seen", "\\Flagged"}, datetime(2026, 11, 2, 7, tzinfo=UTC))
                    for number in range(3)
                ]

    def test_a_header_longer_than_a_mail_server_takes_stays_there(
        self, engines: LiveEngines, post: Post, elsewhere: RemoteImap
    ) -> None:
        old, new = engines.someone(), engines.someone()
        with engines.signed_in(old) as client:
            for content in (with_header_of(150_000), with_header_of(90_000)):
                assert client.append("INBOX", "", '"02-Nov-2026 08:00:00 +0100"', content)[0] == "OK"
        with (
            elsewhere(self.server(engines, old)) as source,
            OpenTransferStore(post.mailboxes)(new.mailbox) as box,
        ):
            tally = import_messages(box, source, Tally(), now=NOW)
            assert (tally.added, [one.problem for one in tally.left]) == (1, ["too-large"])
            assert [one.content for one in box.messages("INBOX", 0)] == [with_header_of(90_000)]

    def test_a_wrong_password_is_said(
        self, engines: LiveEngines, old: Someone, elsewhere: RemoteImap
    ) -> None:
        with pytest.raises(SourceRefused) as refused, elsewhere(self.server(engines, old, "wrong")):
            pass
        assert refused.value.code == "portability.server-refused"

    @pytest.mark.parametrize("password", ["rentrée à Péronne", "secret\r\nA2 LOGOUT", 'un "secret" \\'])
    def test_a_password_is_sent_as_it_is_typed(
        self, engines: LiveEngines, old: Someone, elsewhere: RemoteImap, password: str
    ) -> None:
        with pytest.raises(SourceRefused) as refused, elsewhere(self.server(engines, old, password)):
            pass
        assert refused.value.code == "portability.server-refused"

    def test_a_certificate_of_nobody_known_gets_no_password(self, engines: LiveEngines, old: Someone) -> None:
        unknown_to_us = RemoteImap((f"localhost:{engines.config.ports.imaps}",))
        with pytest.raises(SourceRefused) as refused, unknown_to_us(self.server(engines, old)):
            pass
        assert refused.value.code == "portability.server-certificate"

    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "10.0.0.1", "[::1]", "169.254.169.254"])
    def test_a_private_address_is_not_asked(self, engines: LiveEngines, old: Someone, host: str) -> None:
        with pytest.raises(SourceRefused) as refused, RemoteImap()(Server(host, 993, "a", "b")):
            pass
        assert refused.value.code in ("portability.server-not-allowed", "portability.server-unknown")
