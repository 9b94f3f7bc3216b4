"""`vaguemestre index` on a live Dovecot: what was indexed before a change is found after it, and once."""

import os
import random

import pytest
import typer
from pytest_django.fixtures import Settings
from tests.engines.dovecot import office
from tests.engines.dovecot.test_file_text import clear, enclosing, found
from tests.engines.live import LiveEngines, Someone, wait_until
from typer.testing import CliRunner, Result

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.mail import index
from vaguemestre.engines.dovecot.configuration import log_file
from vaguemestre.engines.dovecot.doveadm import Doveadm
from vaguemestre.engines.dovecot.index_versions import IndexVersions
from vaguemestre.foundation.kernel.errors import EngineDown

pytestmark = pytest.mark.engines
LONG = bool(os.environ.get("VAGUEMESTRE_LONG"))


@pytest.fixture(autouse=True)
def of_this_test(engines: LiveEngines, monkeypatch: pytest.MonkeyPatch) -> None:
    """« All » are the mailboxes that this test fills: making those of all tests anew took minutes."""
    everybody = IndexVersions.mailboxes
    others = {*everybody(IndexVersions(engines.config))}
    monkeypatch.setattr(
        IndexVersions, "mailboxes", lambda of: [mailbox for mailbox in everybody(of) if mailbox not in others]
    )


@pytest.fixture
def before(engines: LiveEngines, settings: Settings) -> Someone:
    """Somebody whose document came at a time when nobody read documents."""
    settings.CONFIG = engines.config
    someone = engines.someone()
    files = engines.config.engines_dir / "dovecot" / "files"
    words = (files / "words.py").read_text()
    (files / "words.py").write_text("")
    note = ("note.docx", office.WORD, office.docx(f"smaragdin {someone.mailbox}"))
    with engines.signed_in(someone) as client:
        client.append("INBOX", "", "", enclosing(someone.address, "Voici.", note).as_bytes())
    engines.doveadm.index(someone.mailbox)
    (files / "words.py").write_text(words)
    clear(files)
    assert found(engines, someone, "smaragdin") == []
    return someone


def called(*arguments: str) -> Result:
    app = typer.Typer()
    app.command()(index.command)
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def test_all_indexes_are_made_anew_and_only_once(engines: LiveEngines, before: Someone) -> None:
    done = called("--all")
    assert (done.exit_code, "laissés : 0" in done.output) == (0, True)
    assert found(engines, before, "smaragdin") == [b"1"]
    assert "Index refaits : 0" in called("--all").output
    assert "Index refaits : 0" not in called("--all", "--force").output


def test_cut_short_it_goes_on_with_what_is_left(
    engines: LiveEngines, before: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    called("--all")
    other = engines.someone()
    with engines.signed_in(other) as client:
        client.append("INBOX", "", "", enclosing(other.address, "Voici.").as_bytes())
    indexing = IndexVersions(engines.config)
    with monkeypatch.context() as broken:
        broken.setattr(Doveadm, "index", _down)
        ended = called("--all")
    assert (ended.exit_code, f"Laissé : {other.mailbox}" in ended.output) == (1, True)
    assert [indexing.is_current(one.mailbox) for one in (before, other)] == [True, False]
    assert "Index refaits : 1 ;" in called("--all").output


def test_neither_some_nor_all_is_a_question(engines: LiveEngines, before: Someone) -> None:
    for asked in ((), ("marie", "--all")):
        with pytest.raises(Failed):
            called(*asked)


def _down(*_: object) -> None:
    raise EngineDown("doveadm index")


def new_words(seed: int, size: int) -> str:
    """Lines of words that are written nowhere else, some `size` octets of them."""
    chance = random.Random(seed)
    words = " ".join(f"{chance.getrandbits(64):016x}" for _ in range(size // 17))
    return "\r\n".join(words[i : i + 900] for i in range(0, len(words), 900))


def test_a_letter_of_words_nobody_wrote_before_stops_no_search(engines: LiveEngines) -> None:
    """As large as a letter may be; what came after it is indexed too."""
    someone = engines.someone()
    letters = [
        b"From: a@b.test\r\nSubject: mots\r\n\r\n" + new_words(12, 19_000_000).encode(),
        enclosing(someone.address, "smaragdin").as_bytes(),
    ]
    with engines.signed_in(someone) as client:
        for letter in letters:
            client.append("INBOX", "", "", letter)
    # asked again: on a busy machine a million new words take the indexer longer than one search waits
    wait_until(lambda: found(engines, someone, "smaragdin") == [b"2"], 200)
    log = log_file(engines.config).read_text(errors="replace")
    assert "Out of memory when indexing" not in log


def test_letters_of_new_words_are_thrown_away_together(engines: LiveEngines) -> None:
    """The index forgets them in the very process that serves their owner."""
    someone, count = engines.someone(), 4 if LONG else 2
    with engines.signed_in(someone) as client:
        for seed in range(count):
            heavy = b"From: a@b.test\r\nSubject: mots\r\n\r\n" + new_words(seed, 12_000_000).encode()
            client.append("INBOX", "", "", heavy)
        client.append("INBOX", "", "", enclosing(someone.address, "smaragdin").as_bytes())
    wait_until(lambda: found(engines, someone, "smaragdin") == [f"{count + 1}".encode()], 300)
    with engines.signed_in(someone) as client:
        client.socket().settimeout(300)  # forgetting a million words is long where the machine is busy
        client.select("INBOX")
        client.store(f"1:{count}", "+FLAGS.SILENT", r"(\Deleted)")
        assert client.expunge()[0] == "OK"
        assert client.noop()[0] == "OK"
    wait_until(lambda: found(engines, someone, "smaragdin") == [b"1"], 60)
    assert "bad_alloc" not in log_file(engines.config).read_text(errors="replace")
