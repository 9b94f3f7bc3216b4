"""Lines in, arguments out, over a pair of sockets."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.engines.imap.protocol.arguments import Literal, encoded
from vaguemestre.engines.imap.protocol.connection import CommandRefused, Connection
from vaguemestre.engines.imap.protocol.line_stream import ConnectionDead, Line
from vaguemestre.foundation.kernel.counters import REGISTRY, counts
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused


@given(st.text(max_size=60))
def test_an_argument_is_quoted_counted_or_refused(data: str) -> None:
    if re.search(r"[\r\n\0]", data):
        with pytest.raises(EngineRefused):
            encoded(data)
        return
    wire = encoded(data)
    if wire.startswith(b'"'):
        assert b"\r" not in wire
        assert re.fullmatch(rb'"(?:[^"\\]|\\["\\])*"', wire)
        assert re.sub(rb"\\(.)", rb"\1", wire[1:-1]).decode() == data
    else:
        head, _, content = wire.partition(b"}\r\n")
        assert int(head[1:-1]) == len(content)
        assert content == data.encode("utf-8", "replace")


def test_a_message_may_hold_anything() -> None:
    assert encoded(b"X", 3, Literal(b"a\r\nb\0")) == b"X 3 {5+}\r\na\r\nb\0"


class Pair:
    """A connection and the server's end of it."""

    def __init__(self) -> None:
        ours, self.server = socket.socketpair()
        self.connection = Connection(ours)
        self.speaking: threading.Thread | None = None

    def will_say(self, *chunks: bytes, close: bool = False) -> None:
        def speak() -> None:
            with suppress(OSError):  # whoever listened may be gone
                for chunk in chunks:
                    self.server.sendall(chunk)
                if close:
                    self.server.shutdown(socket.SHUT_WR)

        self.speaking = threading.Thread(target=speak)
        self.speaking.start()


@pytest.fixture
def pair() -> Iterator[Pair]:
    made = Pair()
    yield made
    made.connection.close()
    if made.speaking:
        made.speaking.join()
    made.server.close()


ANSWER = (
    b'* 1 FETCH (UID 7 ENVELOPE {5}\r\na\r\n(" X {0}\r\n))\r\n'
    b'* 2 FETCH (FLAGS (\\Seen) SUBJECT "{3}")\r\n* OK [X] braces {3}\r\n1 OK done {9}\r\n'
)


@given(st.lists(st.integers(1, len(ANSWER) - 1), max_size=12))
def test_an_answer_is_the_same_however_it_is_cut(cuts: list[int]) -> None:
    pair = Pair()
    edges = [0, *sorted(set(cuts)), len(ANSWER)]
    pair.will_say(*(ANSWER[a:b] for a, b in pairwise(edges)))
    assert pair.connection.run(b"ANY") == [
        Line(b'1 FETCH (UID 7 ENVELOPE "\0" X "\0"))', (b'a\r\n("', b"")),
        Line(b'2 FETCH (FLAGS (\\Seen) SUBJECT "{3}")'),
        Line(b"OK [X] braces {3}"),
        Line(b"OK done {9}"),
    ]
    assert pair.connection.is_reusable
    pair.connection.close()
    pair.server.close()


def test_a_refusal_has_its_code(pair: Pair) -> None:
    pair.will_say(b"1 NO [OVERQUOTA] full\r\n2 BAD what?\r\n")
    with pytest.raises(CommandRefused) as refused:
        pair.connection.run(b"APPEND")
    assert refused.value.code == "OVERQUOTA"
    with pytest.raises(CommandRefused) as bad:
        pair.connection.run(b"X")
    assert bad.value.code == ""
    assert not pair.connection.broken


def test_a_goodbye_or_a_closed_connection_is_dead(pair: Pair) -> None:
    pair.will_say(b"* BYE restarting\r\n", close=True)
    with pytest.raises(ConnectionDead):
        pair.connection.run(b"NOOP")
    assert not pair.connection.is_reusable
    with pytest.raises(ConnectionDead):
        pair.connection.run(b"NOOP")


def test_silence_is_not_waited_for_longer_than_asked(pair: Pair) -> None:
    pair.will_say(b"* 1 EXI")
    before = time.monotonic()
    with pytest.raises(EngineDown) as down:
        pair.connection.run(b"NOOP", patience=0.2)
    assert not isinstance(down.value, ConnectionDead)
    assert time.monotonic() - before < 10
    assert pair.connection.broken


def test_an_answer_to_another_question_breaks_the_connection(pair: Pair) -> None:
    pair.will_say(b"9 OK what\r\n")
    with pytest.raises(EngineDown):
        pair.connection.run(b"NOOP")
    assert pair.connection.broken


def test_unread_bytes_make_a_connection_unfit(pair: Pair) -> None:
    pair.will_say(b"1 OK done\r\n* 5 EXISTS\r\n")
    pair.connection.run(b"NOOP")
    assert not pair.connection.is_reusable


def test_an_answer_nobody_waited_for_is_read_with_the_next(pair: Pair) -> None:
    pair.connection.run_unawaited(b"UNSELECT")
    assert pair.connection.is_reusable
    pair.will_say(b"* 9 EXPUNGE\r\n1 OK unselected\r\n* STATUS x (MESSAGES 1)\r\n2 OK done\r\n")
    assert pair.connection.run(b"STATUS") == [Line(b"STATUS x (MESSAGES 1)"), Line(b"OK done")]
    assert pair.connection.is_reusable


@pytest.mark.parametrize("is_refused", [False, True])
def test_three_commands_leave_in_one_write_and_the_last_is_not_waited_for(
    pair: Pair, *, is_refused: bool
) -> None:
    first = b"1 NO [NONEXISTENT] gone\r\n2 BAD nothing is selected\r\n"
    pair.will_say(first if is_refused else b"1 OK selected\r\n* 1 FETCH (UID 7)\r\n2 OK fetched\r\n")
    if is_refused:
        with pytest.raises(CommandRefused):
            pair.connection.run_pipelined(b"SELECT x", b"FETCH", unawaited=b"UNSELECT")
    else:
        said = pair.connection.run_pipelined(b"SELECT x", b"FETCH", unawaited=b"UNSELECT")
        assert said == [[Line(b"OK selected")], [Line(b"1 FETCH (UID 7)"), Line(b"OK fetched")]]
    assert pair.server.recv(1000) == b"1 SELECT x\r\n2 FETCH\r\n3 UNSELECT\r\n"
    assert pair.connection.is_reusable
    pair.will_say(b"3 OK unselected\r\n4 OK done\r\n")
    assert pair.connection.run(b"NOOP") == [Line(b"OK done")]
    assert pair.connection.is_reusable


@pytest.mark.parametrize(
    ("said", "fit"),
    [
        (b"1 OK unselected\r\n", True),
        (b"1 BAD nothing is selected\r\n", True),
        (b"* 3 FETCH (FLAGS ())\r\n1 OK\r\n", True),
        (b"", True),
        (b"1 OK unsel", True),
        (b"1 OK unselected\r\n* 4 EXISTS\r\n", False),
        (b"* BYE restarting\r\n", False),
        (b"what?\r\n", False),
    ],
)
def test_an_answer_nobody_waited_for_is_read_before_lending(pair: Pair, said: bytes, fit: bool) -> None:
    pair.connection.run_unawaited(b"UNSELECT")
    pair.server.sendall(said)
    assert pair.connection.is_reusable is fit
    pair.server.shutdown(socket.SHUT_WR)
    assert not pair.connection.is_reusable


def test_a_message_travels_only_when_the_server_agrees(pair: Pair) -> None:
    pair.will_say(b"1 NO [TRYCREATE] no such folder\r\n")
    with pytest.raises(CommandRefused):
        pair.connection.send_message(b"APPEND", "x", content=b"secret", patience=2)
    assert b"secret" not in pair.server.recv(1000)


def test_a_command_is_timed_by_its_name_and_never_by_what_it_names(pair: Pair) -> None:
    def timed(command: str) -> float:
        labels = {"pool": "", "command": command}
        return REGISTRY.get_sample_value("vaguemestre_imap_duration_seconds_count", labels) or 0

    before = timed("STATUS"), timed("UID FETCH")
    pair.will_say(b"1 OK done\r\n2 NO no\r\n")
    pair.connection.run(b"STATUS", "Secret")
    with pytest.raises(CommandRefused):
        pair.connection.run(b"UID FETCH 1 (FLAGS)")
    assert (timed("STATUS"), timed("UID FETCH")) == (before[0] + 1, before[1] + 1)
    assert not any("Secret" in word for count in counts() for word in count.labels.values())
