"""The engines' own view of the mailboxes keeps what it is told, whole or not at all."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.engines.projection.backend import mail_directory
from vaguemestre.engines.projection.directory import SqlMailDirectory
from vaguemestre.engines.projection.sqlite import SqliteMailDirectory
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.people.provisioning.values import AppKey, ExpectedMailbox
from vaguemestre.site.config import Config, load


def expected(name: str, **changes: object) -> ExpectedMailbox:
    base = ExpectedMailbox(
        mailbox=f"{name}@ac-amiens.test",
        active=True,
        quota_mb=2048,
        names=(name, f"{name}@ac-amiens.test"),
        receives=(f"{name}@ac-amiens.test",),
        sends=(f"{name}@ac-amiens.test",),
        app_keys=(AppKey("a" * 64, 0),),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def sorted_owed(one: ExpectedMailbox) -> ExpectedMailbox:
    return replace(
        one,
        names=tuple(sorted(one.names)),
        receives=tuple(sorted(one.receives)),
        sends=tuple(sorted(one.sends)),
        app_keys=tuple(sorted(one.app_keys, key=lambda key: key.token_sha256)),
    )


type Make = Callable[[], SqlMailDirectory]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Directories on the same place: a fresh file, or the run's own PostgreSQL emptied first."""
    run = load()
    config = run if run.database.engine == "postgresql" else Config(home=tmp_path)
    config.projection_path.parent.mkdir(parents=True, exist_ok=True)
    made: list[SqlMailDirectory] = []

    def one() -> SqlMailDirectory:
        made.append(mail_directory(config))
        return made[-1]

    first = one()
    before = first.held()
    first.drop(before)
    yield one
    first.drop(first.held())
    first.put(before.values())
    for directory in made:
        directory.close()


@pytest.fixture
def directory(make: Make) -> SqlMailDirectory:
    return make()


def tokens(directory: SqlMailDirectory) -> list[tuple[str, str]]:
    with directory.work("held") as cursor:
        cursor.execute("SELECT token_sha256, mailbox FROM token ORDER BY 1")
        return cursor.fetchall()


def test_what_is_asked_for_each_message_does_not_wait_for_a_writer(make: Make) -> None:
    reader, writer = make(), make()
    armelle = expected("armelle")
    writer.put([armelle])
    with writer.work("put", writes=True):
        assert reader.sending_addresses(armelle.mailbox) == set(armelle.sends)
        assert reader.addresses_of(armelle.mailbox) == set(armelle.receives)
        assert reader.mailboxes_of(armelle.receives) == {armelle.mailbox: armelle.mailbox}
        assert reader.is_ours("ac-amiens.test")
        assert reader.withdrawn_at(armelle.mailbox, by_token=True) == 0.0


_words = st.text("abcdefgh", min_size=1, max_size=6)


@given(
    st.lists(
        st.builds(
            lambda stem, extra, active, quota: expected(
                stem,
                active=active,
                quota_mb=quota,
                names=(f"{stem}@ac-amiens.test", *(f"{stem}-{word}" for word in extra)),
                receives=tuple(f"{stem}-{word}@ac-amiens.test" for word in extra),
                sends=tuple(f"{stem}-{word}@ac-amiens.test" for word in sorted(extra)[:1]),
                app_keys=tuple(AppKey(word.ljust(64, "0"), len(word)) for word in extra),
            ),
            _words,
            st.sets(_words, max_size=4),
            st.booleans(),
            st.integers(0, 100_000),
        ),
        unique_by=lambda one: one.mailbox,
        max_size=8,
    )
)
def test_what_was_put_is_held(many: list[ExpectedMailbox]) -> None:
    directory = SqliteMailDirectory(Path(":memory:"))
    try:
        directory.put(many)
        directory.put(many)
        assert dict(directory.held()) == {one.mailbox: sorted_owed(one) for one in many}
    finally:
        directory.close()


def test_a_mailbox_that_is_resized_is_cut_and_keeps_its_tokens(directory: SqlMailDirectory) -> None:
    one, other = expected("un"), expected("deux")
    assert directory.put([one, other]) == set()
    directory.allow_token(one.mailbox, "b" * 64, int(time.time()) + 60)
    assert directory.put([replace(one, quota_mb=100), other]) == {one.mailbox}
    assert directory.put([replace(one, quota_mb=100), other]) == set()
    assert tokens(directory) == [("b" * 64, one.mailbox)]


def test_a_name_may_pass_from_one_to_another_in_one_change(directory: SqlMailDirectory) -> None:
    first, second = expected("un", names=("un", "chef")), expected("deux", names=("deux",))
    directory.put([first, second])
    directory.put([replace(first, names=("un",)), replace(second, names=("deux", "chef"))])
    assert directory.held()[second.mailbox].names == ("chef", "deux")


def test_a_name_of_somebody_else_is_refused_and_nothing_changes(directory: SqlMailDirectory) -> None:
    first = expected("un")
    directory.put([first])
    with pytest.raises(EngineRefused):
        directory.put([expected("trois"), expected("deux", receives=first.receives)])
    assert set(directory.held()) == {first.mailbox}


def test_dropped_is_unknown_with_all_it_had(directory: SqlMailDirectory) -> None:
    one = expected("un")
    directory.put([one])
    directory.allow_token(one.mailbox, "b" * 64, int(time.time()) + 60)
    directory.drop([one.mailbox, "inconnu@ac-amiens.test"])
    assert directory.held() == {}
    assert tokens(directory) == []
    directory.put([expected("deux", names=one.names, receives=one.receives, sends=())])


def test_tokens_are_allowed_refused_and_forgotten_when_expired(directory: SqlMailDirectory) -> None:
    one = expected("un")
    directory.put([one])
    now = int(time.time())
    directory.allow_token(one.mailbox, "a" * 64, now - 10)
    directory.allow_token(one.mailbox, "b" * 64, now + 60)
    directory.allow_token(one.mailbox, "c" * 64, now + 60)
    assert tokens(directory) == [("b" * 64, one.mailbox), ("c" * 64, one.mailbox)]
    directory.refuse_tokens(["b" * 64, "d" * 64])
    assert tokens(directory) == [("c" * 64, one.mailbox)]


def test_putting_again_keeps_the_tokens(directory: SqlMailDirectory) -> None:
    one = expected("un")
    directory.put([one])
    directory.allow_token(one.mailbox, "b" * 64, int(time.time()) + 60)
    directory.put([replace(one, quota_mb=1)])
    assert tokens(directory) == [("b" * 64, one.mailbox)]


def test_a_token_for_a_mailbox_not_known_yet_is_for_later(directory: SqlMailDirectory) -> None:
    with pytest.raises(EngineDown):
        directory.allow_token("inconnu@ac-amiens.test", "b" * 64, int(time.time()) + 60)


def test_many_threads_lose_nothing(directory: SqlMailDirectory) -> None:
    def add(worker: int) -> None:
        for n in range(20):
            directory.put([expected(f"t{worker}x{n}")])

    threads = [threading.Thread(target=add, args=(worker,)) for worker in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(directory.held()) == 100


def test_two_processes_worth_of_connections_see_each_other_at_once(make: Make) -> None:
    first, second = make(), make()
    first.put([expected("un")])
    assert set(second.held()) == {"un@ac-amiens.test"}


@pytest.mark.heavy
def test_a_whole_academie_is_written_in_seconds(directory: SqlMailDirectory) -> None:
    many = [expected(f"agent{n}", app_keys=()) for n in range(45_000)]
    began = time.process_time()
    directory.put(many)
    assert time.process_time() - began < 20
    assert len(directory.held()) == 45_000


def test_an_unreachable_file_is_an_engine_away(tmp_path: Path) -> None:
    directory = SqliteMailDirectory(tmp_path / "absent" / "projection.sqlite3")
    with pytest.raises(EngineDown):
        directory.held()


def fresh(*names: str) -> tuple[str, ...]:
    """Names of nobody yet: what was withdrawn is dated longer than a mailbox lives."""
    return tuple(f"{name}{secrets.token_hex(4)}" for name in names)


def test_what_opens_a_mailbox_no_more_is_dated_for_what_it_had_opened(make: Make) -> None:
    """A key or a token withdrawn, an account shut, a mailbox gone; not what is added or left alone."""
    directory, marie, paul = make(), *fresh("marie", "paul")
    box, keys = f"{marie}@ac-amiens.test", (AppKey("a" * 64, 0), AppKey("b" * 64, 0))
    directory.put([expected(marie, app_keys=keys), expected(paul)])
    directory.allow_token(box, "c" * 64, 2**31)
    assert directory.withdrawn_at(box, by_token=False) == 0
    directory.put([expected(marie, app_keys=(*keys, AppKey("d" * 64, 0)), quota_mb=1)])
    directory.refuse_tokens(["e" * 64])
    assert directory.withdrawn_at(box, by_token=True) == 0
    times = [0.0]
    for withdraw in (
        lambda: directory.put([expected(marie, app_keys=keys[:1])]),
        lambda: directory.refuse_tokens(["c" * 64]),
        lambda: directory.put([expected(marie, app_keys=keys[:1], active=False)]),
        lambda: directory.drop([box]),
    ):
        withdraw()
        times.append(directory.withdrawn_at(box, by_token=True))
    assert times == sorted({*times}), "each is dated"
    assert directory.withdrawn_at(f"{paul}@ac-amiens.test", by_token=False) == 0


def test_a_token_withdrawn_asks_nothing_of_those_who_signed_in_with_a_password(make: Make) -> None:
    directory, (marie,) = make(), fresh("marie")
    box = f"{marie}@ac-amiens.test"
    directory.put([expected(marie)])
    directory.allow_token(box, "c" * 64, 2**31)
    directory.refuse_tokens(["c" * 64])
    assert directory.withdrawn_at(box, by_token=True) > 0
    assert directory.withdrawn_at(box, by_token=False) == 0


def test_nothing_is_sent_as_a_mailbox_that_nothing_opens(make: Make) -> None:
    directory = make()
    directory.put([expected("marie")])
    assert directory.sending_addresses("marie@ac-amiens.test")
    directory.put([expected("marie", active=False)])
    assert directory.sending_addresses("marie@ac-amiens.test") == frozenset()


def test_it_tells_which_addresses_are_received(make: Make) -> None:
    directory = make()
    directory.put([expected("anne", receives=("anne@ac-amiens.test", "a.roy@ac-amiens.test"))])
    asked = {"a.roy@ac-amiens.test", "personne@ac-amiens.test", "anne@ac-amiens.test"}
    assert directory.delivered(asked) == {"a.roy@ac-amiens.test", "anne@ac-amiens.test"}
    assert directory.delivered([]) == frozenset()


def test_two_who_write_one_mailbox_at_once_both_succeed(make: Make) -> None:
    """As a worker and the preparation of a start do."""
    directories = [make() for _ in range(4)]
    begun = threading.Barrier(len(directories))

    def write(directory: SqlMailDirectory) -> None:
        begun.wait()
        for quota in range(20):
            directory.put([expected("marie", quota_mb=quota)])

    with ThreadPoolExecutor(len(directories)) as threads:
        list(threads.map(write, directories))
    assert directories[0].held()["marie@ac-amiens.test"].quota_mb == 19
