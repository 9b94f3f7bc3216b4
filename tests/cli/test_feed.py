"""Feeds, accounts and NUMENs from the command line."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.answers import as_typed
from tests.cli.commands import commands
from tests.own_database import give_database
from tests.people.intake.lines import crowd, feed, line, other

pytestmark = pytest.mark.heavy  # each runs commands

type Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Commands of a home, migrated, where each test applies what it wants."""
    home = tmp_path_factory.mktemp("home")
    give_database(home, migrated=True)
    with commands(home, tmp_path_factory.mktemp("printed")) as of_this_home:
        yield of_this_home.run


def written(folder: Path, *lines: str) -> Path:
    file = folder / "rh.csv"
    file.write_bytes(feed(*lines))
    return file


def test_a_feed_is_checked_then_applied_then_has_nothing_left(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path, line(), line(uai="0609001H", principal="N"), other(uai="0609001A"), *crowd(100))
    checked = run("feed", "check", file)
    assert checked.returncode == 0, checked.stderr
    assert "Arrivées : 101" in checked.stdout
    assert "Lignes refusées : 1" in checked.stdout
    assert "ligne 4, colonne uai : lettre de contrôle fausse" in checked.stdout
    assert run("account", "show", "elefevre").returncode == 1
    applied = run("feed", "apply", file)
    assert applied.returncode == 0, applied.stderr
    assert "Appliqué : 101 arrivées, 0 changement, 0 départ. Lignes refusées : 1" in applied.stdout
    again = run("feed", "apply", file)
    assert "Rien à changer. Lignes refusées : 1" in again.stdout
    assert "Application" not in again.stderr
    refused = run("feed", "check", written(tmp_path, *crowd(10, fin="01/10/2026")))
    assert refused.returncode == 1
    assert "limite de 2 %" in refused.stderr.splitlines()[-1]
    assert run("feed", "apply", written(tmp_path, *crowd(10, fin="01/10/2026"))).returncode == 1

    shown = json.loads(run("account", "show", "elefevre", "--json").stdout)
    assert (shown["state"], shown["address"]) == ("pending", "elodie.lefevre@ac-amiens.test")
    assert [a["uai"] for a in shown["assignments"]] == ["0809001Z", "0609001H"]
    everything = run("account", "show", "elodie.lefevre@ac-amiens.test").stdout + json.dumps(shown)
    for secret in ("20E95", "1980", "04/05"):
        assert secret not in everything
    assert "État : jamais activé" in everything

    assert run("account", "suspend", "elefevre").returncode == 0
    assert json.loads(run("account", "show", "elefevre", "--json").stdout)["state"] == "suspended"
    assert run("account", "resume", "elefevre").returncode == 0
    assert run("account", "close", "elefevre").returncode == 0
    closed = run("account", "suspend", "elefevre")
    assert (closed.returncode, len(closed.stderr.splitlines())) == (1, 1)
    assert run("numen", "issue", "elefevre").returncode == 1


def test_a_sample_is_written_and_applies_whole(run: Run, tmp_path: Path) -> None:
    file, places = tmp_path / "s.csv", tmp_path / "p.csv"
    made = run("feed", "sample", "--agents", 30, "--seed", 7, "--out", file, "--structures-out", places)
    assert made.returncode == 0, made.stderr
    checked = run("feed", "check", file, "--structures", places)
    assert "Arrivées : 30" in checked.stdout
    assert "Lignes refusées : 0" in checked.stdout


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (feed(line()).replace(b";", b","), "points-virgules"),
        (b"", "vide"),
        (feed(line()).replace(b"prenom", b"nom"), "prenom"),
        (None, "n’existe pas"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_clear_line(
    run: Run, tmp_path: Path, content: bytes | None, words: str
) -> None:
    file = tmp_path / "rh.csv"
    if content is not None:
        file.write_bytes(content)
    ended = run("feed", "check", file)
    assert ended.returncode == (1 if content is not None else 2)
    assert len(ended.stderr.strip().splitlines()) == 1
    assert words in ended.stderr


def renamed(cells: str, dossier: str, name: str, numen: str) -> str:
    """Somebody of a crowd that no other test knows."""
    return cells.replace("C0", dossier).replace("Personne", name).replace("20E95", numen)


def held_number(listed: str) -> str:
    return next(row.split()[0] for row in listed.splitlines() if row.endswith("attend une décision"))


def test_a_held_feed_is_shown_by_name_and_a_stale_one_is_shown_anew(run: Run, tmp_path: Path) -> None:
    people = [renamed(cells, "G0", "Groupe", "20E98") for cells in crowd(12)]
    assert run("feed", "apply", written(tmp_path, *people), "--full", "GRH1").returncode == 0
    refused = run("feed", "apply", written(tmp_path, *people[:9]), "--full", "GRH1")
    assert refused.returncode == 1
    for gone in ("G00009  Élodie Groupejk", "G00010  Élodie Groupeal", "G00011  Élodie Groupebl"):
        assert gone in refused.stdout
    number = held_number(run("feed", "list").stdout)
    shown = run("feed", "show", number).stdout
    assert "Départs : 3" in shown
    assert "G00010  Élodie Groupeal  (Enseignement, Établissement 0809001Z), dernier jour le" in shown

    newer = [people[0].replace("Groupeak", "Nouvelle"), people[1].replace("20E9800001CCC", "20E9811111CCC")]
    checked = run("feed", "check", written(tmp_path, *newer))
    assert "G00000  Élodie Nouvelle : Nom de naissance Groupeak → Nouvelle" in checked.stdout
    assert "NUMEN 20E••••••••CC → 20E••••••••CC" in checked.stdout
    assert run("feed", "apply", written(tmp_path, *newer)).returncode == 0

    stale = run("feed", "confirm", number, "--departures", 3)
    assert stale.returncode == 1
    assert "Un import plus récent a été appliqué" in stale.stderr
    assert "Nom de naissance Nouvelle → Groupeak" in stale.stdout
    assert "Nouvelle" in run("feed", "check", written(tmp_path, *people)).stdout  # nothing was applied
    assert run("feed", "confirm", number).returncode == 2
    wrong = run("feed", "confirm", number, "--departures", 2)
    assert (wrong.returncode, "écrivez le nombre de départs : 3" in as_typed(wrong.stderr)) == (1, True)
    assert run("feed", "confirm", number, "--departures", 3).returncode == 0
    assert run("feed", "show", number).returncode == 1


def test_a_check_exits_1_when_too_many_lines_are_refused_or_a_newer_file_came(
    run: Run, tmp_path: Path
) -> None:
    good = [
        cells.replace("C0", "H0").replace("Personne", "Havre").replace("20E95", "20E97") for cells in crowd(5)
    ]
    wrong = [line(dossier=f"W{n}", uai="0809001A") for n in range(4)]
    checked = run("feed", "check", written(tmp_path, *good, *wrong))
    assert checked.returncode == 1
    assert "4 lignes sur 9 sont refusées" in checked.stderr
    assert run("feed", "check", written(tmp_path, *good, *wrong), "--confirm-refusals").returncode == 0
    early = written(tmp_path, *good)
    os.utime(early, (1_700_000_000, 1_700_000_000))
    newer = tmp_path / "mardi.csv"
    newer.write_bytes(feed(good[0].replace("Havre", "Bavre")))
    assert run("feed", "apply", newer).returncode == 0
    refused = run("feed", "check", early)
    assert refused.returncode == 1
    assert "« mardi.csv »" in refused.stderr
    assert run("feed", "check", early, "--older").returncode == 0
