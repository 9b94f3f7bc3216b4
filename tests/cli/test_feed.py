"""Feeds, accounts and NUMENs from the command line."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.intake.lines import crowd, feed, line, other
from tests.own_database import give_database

from vaguemestre.site.config import PROJECT

type Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home, migrated, where each test applies what it wants."""
    home = tmp_path_factory.mktemp("home")
    give_database(home)
    assert called(home, "-m", "django", "migrate", "-v0").returncode == 0
    return home


@pytest.fixture
def run(instance: Path) -> Run:
    return lambda *arguments: called(instance, "-m", "vaguemestre.cli.main", *map(str, arguments))


def called(home: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    known = {k: v for k, v in os.environ.items() if not k.startswith("VAGUEMESTRE_")}
    known |= {
        "PYTHONPATH": str(PROJECT / "src"),
        "VAGUEMESTRE_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "vaguemestre.site.settings",
    }
    return subprocess.run(
        [sys.executable, *command], env=known, capture_output=True, text=True, timeout=120, check=False
    )


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
