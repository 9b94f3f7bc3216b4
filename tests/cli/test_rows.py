"""Lists of the command line."""

import pytest

from vaguemestre.cli.rows import Row, print_left_out, print_rows


def test_a_thing_has_its_line_and_what_is_told_below_it(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([Row(("1", "Marie", ""), ("attend",)), Row(("2", "Paul"))], empty="Personne.")
    assert capsys.readouterr().out == "1  Marie\n    attend\n2  Paul\n"


def test_an_empty_list_is_said_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([], empty="Personne.")
    assert capsys.readouterr().out == "Personne.\n"


@pytest.mark.parametrize(
    ("count", "said"), [(0, ""), (1, "… et 1 autre école\n"), (2, "… et 2 autres écoles\n")]
)
def test_what_is_left_out_is_counted_in_real_plurals(
    capsys: pytest.CaptureFixture[str], count: int, said: str
) -> None:
    print_left_out(count, "autre école", "autres écoles")
    assert capsys.readouterr().out == said
