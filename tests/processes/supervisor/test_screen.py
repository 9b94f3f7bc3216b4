"""What the person at the terminal sees."""

import contextlib
import io
from pathlib import Path

from vaguemestre.processes.supervisor.run_folder import SampleAccount
from vaguemestre.processes.supervisor.screen import Screen, framed, summary_lines
from vaguemestre.site.config import Config

CONFIG = Config(home=Path("/srv/essai"), port_base=20_000)
TEACHER = SampleAccount(
    role="teacher", username="cdelattre", address="c.delattre@ac-amiens.test", password="quatre-mots"
)
NEWCOMER = SampleAccount(
    role="newcomer",
    username="iel-khatib",
    address="i.el-khatib@ac-amiens.test",
    numen="2120E16DRNH4U",
    birth_date="21/06/1997",
)


def test_the_summary_gives_addresses_ports_and_accounts() -> None:
    text = "\n".join(summary_lines(CONFIG, [TEACHER, NEWCOMER], "", 3.25))
    for known in ("http://localhost:20000", "20143", "20993", "20587", "20465", "20025", "20190"):
        assert known in text
    assert "cdelattre" in text
    assert "quatre-mots" in text
    assert "2120E16DRNH4U" in text
    assert "21/06/1997" in text


def test_the_administrators_link_is_shown() -> None:
    link = "http://localhost:20000/assistant/activation/jeton"
    assert link in summary_lines(CONFIG, [], link, 1)


def test_a_frame_has_straight_edges() -> None:
    lines = framed(["é", "plus long"])
    assert len({len(line) for line in lines}) == 1


def test_a_closed_or_full_screen_stops_nothing() -> None:
    stream = io.StringIO()
    screen = Screen(stream)
    screen.step("Étape")
    assert stream.getvalue().endswith("s] Étape\n")
    stream.close()
    screen.step("personne n’écoute")
    with contextlib.suppress(OSError), Path("/dev/full").open("w") as full:  # closing it complains
        screen = Screen(full)
        screen.step("plus de place")
        screen.step("toujours pas")
