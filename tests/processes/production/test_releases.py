"""Between which releases one may go, forth and back."""

from pathlib import Path

import pytest

from vaguemestre.processes.production.upgrades.releases import (
    Release,
    ReleaseRefused,
    check_back,
    check_forth,
    release_in,
)


def release(version: str) -> Release:
    return Release(Path("/opt/x") / version, tuple(map(int, version.split("."))))


@pytest.mark.parametrize(
    ("running", "wanted"),
    [("0.2.0", "0.2.0"), ("0.2.9", "0.2.10"), ("0.2.1", "0.3.0"), ("0.9.4", "0.10.2"), ("0.9.4", "1.0.3")],
)
def test_one_goes_on_within_a_family_or_to_the_next(running: str, wanted: str) -> None:
    check_forth(release(running), release(wanted))


@pytest.mark.parametrize(
    ("running", "wanted", "words"),
    [
        ("0.2.1", "0.2.0", "--back"),
        ("0.2.0", "0.4.0", "d’un coup"),
        ("1.3.0", "3.0.0", "d’un coup"),
        ("0.9.4", "1.1.0", "d’un coup"),
    ],
)
def test_one_neither_goes_down_nor_over_a_family(running: str, wanted: str, words: str) -> None:
    with pytest.raises(ReleaseRefused, match=words):
        check_forth(release(running), release(wanted))


def test_one_returns_within_the_family_only() -> None:
    check_back(release("0.3.4"), release("0.3.0"))
    with pytest.raises(ReleaseRefused, match="autre famille"):
        check_back(release("0.3.0"), release("0.2.7"))


@pytest.mark.parametrize("text", ["", "[project]\nname = 'vaguemestre'\nversion = 'a.b'\n", "[project"])
def test_what_is_no_release_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ReleaseRefused, match="ne contient pas de version"):
        release_in(tmp_path)


def test_the_tree_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[project]\nname = 'autre'\nversion = '1.0.0'\n", encoding="utf-8"
    )
    with pytest.raises(ReleaseRefused, match="« autre »"):
        release_in(tmp_path)
