"""Classes from the command line: numbers, files and lines; never a name."""

from pathlib import Path

import pytest
from tests.schools.rosters.schools import UAI, structure
from typer.testing import CliRunner

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.people.classes import app
from vaguemestre.schools.rosters.models import PupilRow, RosterRow

pytestmark = pytest.mark.django_db(transaction=True)


def said(*arguments: str) -> str:
    ended = CliRunner().invoke(app, arguments)
    if ended.exception:
        raise ended.exception
    return ended.output


@pytest.mark.heavy
def test_an_export_is_made_up_checked_and_applied(tmp_path: Path) -> None:
    structure()
    assert "_Eleve_" in said("sample", UAI, "--out", str(tmp_path))
    assert "120 élèves (120 arrivées" in said("check", str(tmp_path))
    assert not RosterRow.objects.exists()
    assert "Appliqué : 1 établissement." in said("apply", str(tmp_path))
    assert PupilRow.objects.count() == 120
    assert "Rien à changer." in said("apply", str(tmp_path))
    assert "Établissements oubliés : 0" in said("purge")


def test_a_broken_file_is_said_by_its_line_and_nothing_is_applied(tmp_path: Path) -> None:
    structure()
    said("sample", UAI, "--out", str(tmp_path))
    file = next(tmp_path.glob("*_Eleve_*"))
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(Failed, match=r"_Eleve_0000\.xml, ligne \d+\s: fichier tronqué\. Rien n’a été changé"):
        said("apply", str(tmp_path))
    assert not RosterRow.objects.exists()
