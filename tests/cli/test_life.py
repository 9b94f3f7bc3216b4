"""Lives, académies and the key of NUMENs from the command line."""

import re
from pathlib import Path

import pytest
from tests.cli.test_feed import Run, run, written
from tests.people.intake.lines import crowd, line, other

pytestmark = pytest.mark.heavy  # each runs commands

__all__ = ["run"]  # a fixture
LILLE_SCHOOL = "0590001F"


def test_somebody_moves_between_academies_retires_and_keeps_a_numen_sealed_anew(
    run: Run, tmp_path: Path
) -> None:
    unknown = run("feed", "apply", written(tmp_path, line()), "--academy", "ac-lille.test")
    assert (unknown.returncode, "academy add" in unknown.stderr) == (1, True)
    assert run("academy", "add", "09", "Académie de Lille", "ac-lille.test", "059").returncode == 0
    there = written(tmp_path, line(uai=LILLE_SCHOOL))
    assert "1 arrivée," in run("feed", "apply", there, "--academy", "ac-lille.test").stdout
    moved = run("feed", "apply", written(tmp_path, line(dossier="A1", debut="01/11/2026"), *crowd(3)))
    assert "Mutations depuis une autre académie d’ici : 1" in moved.stdout
    shown = run("account", "show", "elodie.lefevre@ac-amiens.test").stdout
    assert "elefevre1" in shown
    said = run("life", "declare", "elefevre1", "retirement", "--on", "01/12/2026").stdout
    assert "Retraite, le 01/12/2026" in said
    assert "compte et boîte fermés" in said
    assert run("life", "declare", "elefevre1", "arrival").returncode == 1
    assert "elefevre1" in run("life", "coming").stdout
    assert "Retraite" not in run("life", "back", "elefevre1").stdout
    numen = run("numen", "history", "elefevre1").stdout
    assert numen.startswith("20E••••••••BC")
    turned = run("numen", "rotate-key")
    assert (turned.returncode, bool(re.search("NUMEN rechiffrés : [1-9]", turned.stdout))) == (0, True)
    assert run("numen", "history", "elefevre1").stdout == numen
    again = run("numen", "reseal", "--forget")
    assert "NUMEN rechiffrés : 0" in again.stdout
    assert "Rien à changer" in run("feed", "apply", written(tmp_path, *crowd(3))).stdout


def test_a_feed_refused_whole_waits_and_is_confirmed(run: Run, tmp_path: Path) -> None:
    run("feed", "apply", written(tmp_path, *crowd(60)))
    refused = run("feed", "apply", written(tmp_path, *crowd(10, fin="01/09/2026")))
    assert (refused.returncode, "feed list" in refused.stderr) == (1, True)
    listed = run("feed", "list").stdout
    number = next(row.split()[0] for row in listed.splitlines() if "attend une décision" in row)
    confirmed = run("feed", "confirm", number, "--departures", 10)
    assert (confirmed.returncode, f"Flux {number} appliqué" in confirmed.stdout) == (0, True)
    assert run("feed", "give-up", number).returncode == 1


def test_an_account_suspended_or_closed_says_what_was_done_and_the_way_back(run: Run, tmp_path: Path) -> None:
    run("feed", "apply", written(tmp_path, other()))
    username = "mle-dupond"
    suspended = run("account", "suspend", username).stdout
    assert f"Compte {username} (Marc Le Dupond) suspendu." in suspended
    assert f"vaguemestre account resume {username}" in suspended
    assert "Sessions coupées : 0. Mots de passe d’application : 0." in suspended
    assert "s’ouvre de nouveau" in run("account", "resume", username).stdout
    assert "le courrier qui lui est adressé est refusé" in run("account", "close", username).stdout


def test_the_key_of_numens_may_be_renewed_again_and_again(run: Run) -> None:
    """What is recorded of the instance's keys follows each renewal: it would not start otherwise."""
    for _ in range(2):
        run("prepare", "--no-demo")  # it records the keys, then misses the engines
        assert run("numen", "rotate-key").returncode == 0
        assert run("numen", "reseal", "--forget").returncode == 0
    assert "les clés de cette machine" not in run("prepare", "--no-demo").stderr
