"""A script is made from data: whatever people write stays inside its string."""

import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.mailbox.sorting.samples import HOSTILE, NOW, OWNER, WINTER, replying, texts
from tests.mailbox.sorting.sieve_reader import expanded, shape, tokens

from vaguemestre.mailbox.sorting.rules.absences import bounds
from vaguemestre.mailbox.sorting.rules.texts import clean_text
from vaguemestre.mailbox.sorting.script.syntax import Command, Pieces, Variable, encode_script

PLAIN = replace(WINTER, internal_text="interne", external_text="externe", subject="objet")


def plain(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def strings(script: str) -> list[str]:
    return [text.replace("\r\n", "\n") for kind, text in tokens(script) if kind == "string"]


@given(texts)
def test_a_string_means_itself(text: str) -> None:
    script = encode_script([Command("keep", (text,))])
    assert strings(script) == [plain(text)]


@given(texts)
def test_a_string_means_itself_where_variables_are_expanded(text: str) -> None:
    keep = Command("set", ("subject", Pieces((text, Variable("1")))), needs=("variables",))
    script = encode_script([keep, Command("keep", (text,))])
    found = [expanded(one, {"dollar": "$", "1": "UN"}) for one in strings(script)]
    assert found[-2:] == [f"{plain(text)}UN", plain(text)]


@pytest.mark.heavy
@given(internal=texts, external=texts, subject=texts, name=texts)
@settings(max_examples=300)
def test_no_text_changes_the_shape_of_the_script(
    internal: str, external: str, subject: str, name: str
) -> None:
    absence = replace(
        PLAIN,
        internal_text=f"i{internal}",
        external_text=f"e{external}",
        subject=f"s{clean_text(subject)}",
    )
    script = replying(absence, replace(OWNER, name=f"n{name}"), now=NOW)
    assert shape(script) == shape(replying(PLAIN, OWNER, now=NOW))
    assert plain(f"i{internal}") in strings(script)
    assert plain(f"e{external}") in strings(script)


def test_every_line_ends_as_sieve_lines_end() -> None:
    script = replying(replace(WINTER, internal_text="a\nb\rc\r\nd"), OWNER, now=NOW)
    assert script.count("\n") == script.count("\r\n") == script.count("\r")


@pytest.mark.heavy
def test_hostile_texts_compile(tmp_path: Path) -> None:
    for number, text in enumerate(HOSTILE):
        absence = replace(
            WINTER,
            internal_text=f"x{text}",
            external_text=text,
            subject=clean_text(text) if number % 2 else "",
        )
        script = replying(absence, replace(OWNER, name=text), now=NOW)
        compiled(tmp_path, script)


@pytest.mark.heavy
@settings(max_examples=15, deadline=None)
@given(internal=texts, subject=texts, name=texts)
def test_any_text_compiles(
    tmp_path_factory: pytest.TempPathFactory, internal: str, subject: str, name: str
) -> None:
    absence = replace(WINTER, internal_text=f"x{internal}", subject=clean_text(subject))
    script = replying(absence, replace(OWNER, name=name), now=NOW)
    compiled(tmp_path_factory.mktemp("sieve"), script)


def compiled(folder: Path, script: str) -> None:
    file = folder / "script.sieve"
    file.write_bytes(script.encode())
    ended = subprocess.run(
        ["sievec", str(file), str(folder / "script.svbin")], capture_output=True, text=True
    )
    assert ended.returncode == 0, f"{ended.stderr}\n{script}"


def test_nothing_is_written_when_nothing_is_to_be_done() -> None:
    _, end = bounds(WINTER)
    assert replying(None, OWNER, now=NOW) == ""
    assert replying(replace(WINTER, is_on=False), OWNER, now=NOW) == ""
    assert replying(WINTER, OWNER, now=end) == ""
    assert replying(WINTER, OWNER, now=end - timedelta(seconds=1)) != ""


@pytest.mark.parametrize(
    ("internal", "external", "count"), [("a", "b", 2), ("a", "", 1), ("", "b", 1), (" ", "b", 1)]
)
def test_an_empty_text_answers_nobody_of_that_kind(internal: str, external: str, count: int) -> None:
    absence = replace(WINTER, internal_text=internal, external_text=external)
    words = [text for kind, text in tokens(replying(absence, OWNER, now=NOW)) if kind == "word"]
    assert words.count("vacation") == count


@pytest.mark.engines
@pytest.mark.parametrize(("external", "count"), [("externe", 4), (f"externe, {OWNER.address.upper()}", 3)])
def test_whoever_wrote_to_an_address_that_hides_its_owner_is_answered_from_it(
    tmp_path: Path, external: str, count: int
) -> None:
    hidden = replace(OWNER, gateway_addresses=("ent.0123456789ab@ac-amiens.test",))
    script = replying(replace(PLAIN, external_text=external), hidden, now=NOW)
    compiled(tmp_path, script)
    assert strings(script).count(f"{OWNER.name} <ent.0123456789ab@ac-amiens.test>") == count - 2
    assert [text for kind, text in tokens(script) if kind == "word"].count("vacation") == count
    assert "ent.0123456789ab@ac-amiens.test" not in replying(WINTER, OWNER, now=NOW)


@given(st.sampled_from(["", "objet"]))
def test_the_script_says_what_it_needs_first(subject: str) -> None:
    script = replying(replace(WINTER, subject=subject), OWNER, now=NOW)
    assert next(tokens(script)) == ("word", "require")
    assert ("variables" in strings(script)) is not bool(subject)
