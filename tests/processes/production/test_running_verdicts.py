"""Each line of `check --live` is green or red for its own reason, and a red one says what to do."""

from datetime import UTC, datetime, timedelta

import pytest

from vaguemestre.processes.production.running_check import verdicts
from vaguemestre.processes.production.running_check.verdicts import Finding

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
DAY = timedelta(days=1)
_NO_SIGN, _QUIET = "aucun signe de vie depuis 30 s", "postfix n’y a rien écrit depuis 400 s"
NAMES = frozenset({"mail.ac-exemple.fr"})


def test_what_stands_still_under_bin_up_is_not_to_be_restarted_by_units_that_it_has_not() -> None:
    installed, demonstration = (
        verdicts.judge_part("long-worker", "warning", _NO_SIGN, has_units=has_units).line()
        for has_units in (True, False)
    )
    assert "systemctl restart vaguemestre-worker-long" in installed
    assert "kill -9 du processus de worker-long (vaguemestre status)" in demonstration
    assert "systemctl" not in demonstration


@pytest.mark.parametrize(
    ("well", "red"),
    [
        (verdicts.judge_unit("vaguemestre-web.service", "active"), verdicts.judge_unit("x", "failed")),
        (
            verdicts.judge_part("gate", "ok", ""),
            verdicts.judge_part("gate", "down", _NO_SIGN),
        ),
        (verdicts.judge_part("valkey", "ok", ""), verdicts.judge_part("valkey", "warning", "pas de réponse")),
        (verdicts.judge_port(25, "::", ""), verdicts.judge_port(25, "::", "connexion refusée")),
        (
            verdicts.judge_postmaster("dsi@ac-exemple.fr", has_mailbox=True),
            verdicts.judge_postmaster("", has_mailbox=False),
        ),
        (
            verdicts.judge_postmaster("dsi@ac-exemple.fr", has_mailbox=True),
            verdicts.judge_postmaster("dsi@ac-exemple.fr", has_mailbox=False),
        ),
        (verdicts.judge_disk(10, 100), verdicts.judge_disk(9, 100)),
        (verdicts.judge_memory(5, 100), verdicts.judge_memory(4, 100)),
        (verdicts.judge_waiting_programs(8192), verdicts.judge_waiting_programs(128)),
        (verdicts.judge_clock(is_synchronised=True), verdicts.judge_clock(is_synchronised=False)),
        (
            verdicts.judge_certificate_end(NOW + 14 * DAY, NOW),
            verdicts.judge_certificate_end(NOW + 13 * DAY, NOW),
        ),
        (verdicts.judge_certificate_issuer(is_own=False), verdicts.judge_certificate_issuer(is_own=True)),
        (
            verdicts.judge_certificate_names(NAMES, ["mail.ac-exemple.fr"]),
            verdicts.judge_certificate_names(NAMES, ["mail.ac-exemple.fr", "autre.ac-exemple.fr"]),
        ),
        (verdicts.judge_certificate_chain(""), verdicts.judge_certificate_chain("no valid candidates")),
        (
            verdicts.judge_backup(NOW - DAY, NOW, DAY, is_planned=True),
            verdicts.judge_backup(NOW - 2 * DAY, NOW, DAY, is_planned=True),
        ),
    ],
    ids=lambda finding: finding.name,
)
def test_what_is_well_and_what_is_red(well: Finding, red: Finding) -> None:
    assert well.is_well
    assert well.line().startswith("bien   ")
    assert not red.is_well
    assert red.line().startswith("ROUGE  ")
    assert red.line().endswith(f"→ {red.remedy}")
    assert red.remedy


def test_without_any_backup_it_is_red() -> None:
    assert not verdicts.judge_backup(None, NOW, DAY, is_planned=True).is_well


def test_who_named_a_repository_is_not_told_to_name_one() -> None:
    assert "repository" in verdicts.judge_backup(None, NOW, DAY, is_planned=False).remedy
    assert "systemctl start" in verdicts.judge_backup(None, NOW, DAY, is_planned=True).remedy


def test_missing_names_are_named() -> None:
    sentence = verdicts.judge_certificate_names(NAMES, ["mail.ac-exemple.fr", "autre.ac-exemple.fr"]).sentence
    assert sentence == "il y manque autre.ac-exemple.fr"


@pytest.mark.parametrize(
    ("part", "command"),
    [
        ("signer", "systemctl restart vaguemestre-signer"),
        ("filter", "systemctl restart vaguemestre-rspamd"),
        ("import-worker", "systemctl restart vaguemestre-worker-imports"),
    ],
)
def test_a_part_that_stands_still_is_named_with_its_own_unit(part: str, command: str) -> None:
    finding = verdicts.judge_part(part, "down", "pas de réponse")
    assert finding.line().startswith(f"ROUGE  partie {part} : pas de réponse → {command}")


def test_jobs_that_wait_are_not_looked_for_among_those_that_failed() -> None:
    waiting, failed, both = (
        verdicts.judge_part("jobs", "warning", words).remedy
        for words in (
            "le plus ancien attend depuis 12 min",
            "2 en échec",
            "2 en échec, le plus ancien attend depuis 12 min",
        )
    )
    assert "jobs list" not in waiting
    assert "docs/operations/alerts/jobs-late.md" in waiting
    assert failed == "vaguemestre jobs list"
    assert "vaguemestre jobs list" in both
    assert "docs/operations/alerts/jobs-late.md" in both


def test_a_silent_log_under_bin_up_is_opened_anew_by_a_signal() -> None:
    assert "systemctl reload" in verdicts.judge_part("logs", "warning", _QUIET).remedy
    remedy = verdicts.judge_part("logs", "warning", _QUIET, has_units=False).remedy
    assert "kill -HUP" in remedy
    assert "systemctl" not in remedy


def test_a_state_without_a_word_is_said_in_french() -> None:
    assert verdicts.judge_part("carddav", "down", "").sentence == "en panne"
    assert verdicts.judge_unit("vaguemestre-web.service", "failed").sentence == "en échec"


def test_what_is_missing_under_bin_up_is_not_to_be_written_for_units_that_it_has_not() -> None:
    for finding in (
        verdicts.judge_backup(None, NOW, DAY, is_planned=False, has_units=False),
        verdicts.judge_backup(None, NOW, DAY, is_planned=True, has_units=False),
        verdicts.judge_postmaster("", has_mailbox=False, has_units=False),
    ):
        assert "bin/install" not in finding.remedy
        assert "systemctl" not in finding.remedy
