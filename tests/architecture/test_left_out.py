"""bin/check does not read the files of which it would run nothing, and reads all others."""

from pathlib import Path

import pytest
from tests.left_out import is_left_out

OF_CHECK = "not engines and not browser and not heavy"


@pytest.mark.parametrize(
    ("marks", "expression", "left_out"),
    [
        ("pytest.mark.engines", OF_CHECK, True),
        ("[pytest.mark.django_db, pytest.mark.browser]", OF_CHECK, True),
        ("pytest.mark.django_db", OF_CHECK, False),
        ("pytest.mark.engines", "database and not browser", False),
        ("pytest.mark.browser", "database and not browser", True),
        ("pytest.mark.engines", "not (engines or browser)", False),
        ("pytest.mark.engines", "not engines or database", False),
        ("pytest.mark.engines", "engines", False),
        ("pytest.mark.engines", "", False),
    ],
)
def test_a_file_is_left_out_when_no_test_of_it_is_wanted(
    tmp_path: Path, marks: str, expression: str, left_out: bool
) -> None:
    file = tmp_path / "test_things.py"
    file.write_text(f"import pytest\n\npytestmark = {marks}\n", encoding="utf-8")
    assert is_left_out(file, expression) is left_out


def test_a_mark_of_one_test_keeps_the_others_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "test_things.py"
    file.write_text("import pytest\n\n\n@pytest.mark.engines\ndef test_it(): ...\n", encoding="utf-8")
    assert not is_left_out(file, OF_CHECK)
