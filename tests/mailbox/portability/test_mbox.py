"""What an mbox holds comes out of it as it went in."""

import io
import tracemalloc
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.processor import least_seconds

from vaguemestre.mailbox.portability.rules import mbox
from vaguemestre.mailbox.portability.rules.identity import on_the_wire

DAY = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
BODIES = st.lists(
    st.sampled_from(
        ["Bonjour,", "", "From nowhere at 10:00:00 in 2026", ">From here", "From - rien", "à bientôt"]
    ),
    max_size=6,
)
FLAGS = st.frozensets(st.sampled_from(["\\Seen", "\\Answered", "\\Flagged", "\\Draft", "$label1", "Urgent"]))


def message(number: int, lines: list[str]) -> bytes:
    text = "\r\n".join([f"Subject: n° {number}", f"Message-ID: <{number}@x.example>", "", *lines, "fin"])
    return f"{text}\r\n".encode()


@given(st.lists(st.tuples(BODIES, FLAGS), max_size=5))
def test_written_then_cut_gives_back_content_flags_and_date(
    given: list[tuple[list[str], frozenset[str]]],
) -> None:
    messages = [(message(number, lines), flags) for number, (lines, flags) in enumerate(given)]
    stream = io.BytesIO(b"".join(mbox.mbox_bytes(content, flags, DAY) for content, flags in messages))
    found = list(mbox.cut(stream, 0, 100_000))
    assert [
        (on_the_wire(one.content or b""), mbox.flags_in(one.content or b""), one.date) for one in found
    ] == [(content, flags, DAY) for content, flags in messages]


@given(st.lists(BODIES, min_size=1, max_size=5), st.data())
def test_going_on_after_any_message_gives_the_others(bodies: list[list[str]], data: st.DataObject) -> None:
    whole = b"".join(mbox.mbox_bytes(message(n, lines), frozenset(), DAY) for n, lines in enumerate(bodies))
    cuts = list(mbox.cut(io.BytesIO(whole), 0, 100_000))
    place = data.draw(st.integers(0, len(cuts) - 1))
    assert list(mbox.cut(io.BytesIO(whole), cuts[place].end, 100_000)) == cuts[place + 1 :]


def test_a_line_that_begins_with_from_and_has_no_date_begins_no_message() -> None:
    text = b"From a@x Mon Nov  2 07:30:00 2026\nSubject: un\n\nBonjour\n\nFrom my point of view\n\n"
    (one,) = mbox.cut(io.BytesIO(text), 0, 1000)
    assert one.content is not None
    assert one.content.endswith(b"From my point of view\n")


def test_a_message_over_the_limit_is_passed_over_and_the_next_is_read() -> None:
    big = mbox.mbox_bytes(message(1, ["x" * 500]), frozenset(), DAY)
    stream = io.BytesIO(big + mbox.mbox_bytes(message(2, []), frozenset(), DAY))
    first, second = mbox.cut(stream, 0, 300)
    assert first.content is None
    assert second.content is not None
    assert b"2@x.example" in second.content


def passed_over(name: str) -> bytes:
    """Ten times the limit of a message, in an mbox that would hold it whole."""
    fillings = {
        "one line": b"a" * 3000,
        "lines": b"abc\n" * 700,
        "blank lines": b"\n" * 3000,
        "blank lines of Windows": b"\r\n" * 1500,
        "odd blank lines": b"\r\r\n" * 1000,
        "others' separators": b"\nFrom here\n" * 300,
    }
    return b"From - x\n" + fillings[name] + b"\n\n" + mbox.mbox_bytes(message(2, ["ok"]), frozenset(), DAY)


@pytest.mark.parametrize("begins", [b"", b"From  \n"], ids=["as a message", "as none"])
@pytest.mark.parametrize(
    "name",
    ["one line", "lines", "blank lines", "blank lines of Windows", "odd blank lines", "others' separators"],
)
def test_what_has_no_end_gives_places_from_which_one_goes_on(
    monkeypatch: pytest.MonkeyPatch, name: str, begins: bytes
) -> None:
    """An mbox of 800 MB with one message held all long work for a minute a slice."""
    monkeypatch.setattr(mbox, "_PLACE_BYTES", 100)
    monkeypatch.setattr(mbox, "_PIECE_BYTES", 64)
    whole = passed_over(name)
    whole = begins + whole[len(b"From - x\n") :] if begins else whole
    cuts = list(mbox.cut(io.BytesIO(whole), 0, 300))
    places = [0, *(one.end for one in cuts)]
    assert max(after - before for before, after in pairwise(places)) <= 500
    too_large = 0 if begins and name != "others' separators" else 1
    assert sum(one.content is None and not one.is_place for one in cuts) == too_large
    assert b"2@x.example" in (cuts[-1].content or b"")
    for number, one in enumerate(cuts):
        going_on = mbox.cut(io.BytesIO(whole), one.end, 300, inside=one.inside)
        assert list(going_on) == cuts[number + 1 :]


@given(st.lists(BODIES, min_size=1, max_size=5), st.integers(20, 200))
def test_going_on_amid_anything_gives_the_others(bodies: list[list[str]], largest: int) -> None:
    whole = b"".join(mbox.mbox_bytes(message(n, lines), frozenset(), DAY) for n, lines in enumerate(bodies))
    cuts = list(mbox.cut(io.BytesIO(whole), 0, largest))
    assert len([one for one in cuts if not one.is_place]) == len(bodies)
    for number, one in enumerate(cuts):
        assert list(mbox.cut(io.BytesIO(whole), one.end, largest, inside=one.inside)) == cuts[number + 1 :]


def test_thunderbird_s_bits_are_flags() -> None:
    assert mbox.flags_in(b"X-Mozilla-Status: 0007\nX-Mozilla-Keys: $label2 \n\nx") == {
        "\\Seen", "\\Answered", "\\Flagged", "$label2",
    }  # fmt: skip


@given(st.binary(max_size=400))
def test_no_file_makes_the_reader_raise(content: bytes) -> None:
    for one in mbox.cut(io.BytesIO(content), 0, 1000):
        mbox.flags_in(one.content or b"")
        mbox.date_in(one.content or b"")


def test_a_line_made_to_last_is_read_in_a_moment() -> None:
    """Eight hundred octets of it took a second, ten thousand some hours."""
    file = b"From - x\n\nhi\n\nFrom " + b"1:00" * 50_000 + b"\n"
    assert least_seconds(lambda: list(mbox.cut(io.BytesIO(file), 0, 1_000_000)), 1.0) < 1.0


@pytest.mark.heavy
def test_a_message_takes_memory_by_its_size_alone() -> None:
    """Half a million lines of one letter took fifty times their size, a line without end all of it."""
    short = b"From - x\n\n" + b"a\n" * 500_000
    long = b"From - x\n\n" + b"a" * 8_000_000
    tracemalloc.start()
    (cut,) = mbox.cut(io.BytesIO(short), 0, 2_000_000)
    on_the_wire(cut.content or b"")
    list(mbox.cut(io.BytesIO(long), 0, 1_000_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


def test_the_day_thunderbird_wrote_its_file_is_not_that_of_the_message() -> None:
    separator, status = b"From - Tue Nov 10 09:00:00 2026\n", b"X-Mozilla-Status: 0001\n"
    date, end = b"Date: Fri, 12 Feb 2016 08:00:00 +0100\n", b"\nBonjour\n\n"
    dated, undated = mbox.cut(io.BytesIO(separator + status + date + end + separator + status + end), 0, 1000)
    assert dated.date == datetime(2016, 2, 12, 7, tzinfo=UTC)
    assert undated.date == datetime(2026, 11, 10, 9, tzinfo=UTC)
