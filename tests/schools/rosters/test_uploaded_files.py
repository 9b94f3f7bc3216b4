"""A file of classes given to a page is read in a process of its own, within a budget."""

import os
import time
from collections.abc import Mapping
from typing import Any

import pytest
from tests.schools.rosters.schools import ENT, NOW, TODAY, UAI, files, school, setting

from vaguemestre.engines.conversion.task_runner import Budget, FileReader
from vaguemestre.foundation.kernel.errors import EngineRefused, Refusal
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.schools.rosters.aaf import task
from vaguemestre.schools.rosters.sample import sample_files
from vaguemestre.schools.rosters.services import plan_import, stage_files, staged_plan
from vaguemestre.schools.rosters.services.class_files import UploadedFile
from vaguemestre.schools.rosters.values import ClassWriter
from vaguemestre.site.adapters.rosters import ClassFileReader

CSV = f"""classe;role;nom;prenom;adresse;eleve
4B;ELEVE;Petit;Lina;lina.petit@{ENT};
4B;RESPONSABLE;Petit;Anne;anne.petit@{ENT};lina.petit@{ENT}
4B;ELEVE;;Sans;sans.nom@{ENT};
=1+1;ELEVE;Petit;Léo;leo.petit@{ENT};
""".encode()


def _apart(given: dict[str, bytes]) -> list[UploadedFile]:
    return [UploadedFile(name, content, ClassFileReader()) for name, content in given.items()]


@pytest.mark.heavy
@pytest.mark.django_db
@pytest.mark.usefixtures("people")
def test_what_is_read_apart_is_what_the_command_reads() -> None:
    export = sample_files(school(size=8), TODAY)
    assert plan_import(_apart(export), setting()) == plan_import(files(export), setting())
    table = {"classes.csv": CSV}
    one_school = setting(only_uai=UAI)
    plan = plan_import(_apart(table), one_school)
    assert plan == plan_import(files(table), one_school)
    assert (plan.steps[0].pupils, len(plan.rejected)) == (1, 2)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("c.csv", b"classe,role,nom,prenom,adresse,eleve\n", "intake.separator-wrong"),
        ("c.csv", b"classe;role;nom;prenom;adresse;eleve\n" + b"\n" * 70_000, "rosters.file-too-long"),
        ("ENT_Complet.xml", b"<ficAlimMENESR><addRequest>", "rosters.file-broken"),
    ],
)
def test_a_refusal_comes_back_with_its_facts(name: str, content: bytes, code: str) -> None:
    (file,) = _apart({name: content})
    with pytest.raises(Refusal) as refused:
        file.table() if name.endswith(".csv") else list(file.requests())
    assert refused.value.code == code
    assert refused.value.facts


@pytest.mark.heavy
def test_a_file_beyond_the_budget_is_refused_and_holds_nobody() -> None:
    """126 MB of cells that all look like formulas: a fast processor reads twenty within the budget."""
    reader = FileReader(task.__name__, Budget(processor=0.5, clock=60))
    content = b"classe;role;nom;prenom;adresse;eleve\n" + (b'"a""b";' * 60_000 + b"\n") * 300
    before = time.process_time()
    file = UploadedFile("c.csv", content, lambda name, octets: reader({"name": name}, octets))
    with pytest.raises(Refusal) as refused:
        file.table()
    assert refused.value.code == "rosters.file-too-complex"
    assert isinstance(refused.value.__cause__, EngineRefused)
    assert time.process_time() - before < 0.5  # of this process


@pytest.mark.django_db(transaction=True)
def test_the_plan_of_staged_files_is_read_apart(people: dict[str, Account]) -> None:
    head = ClassWriter(people["head"].pk, TODAY)
    asked: list[int] = []

    def spy(name: str, content: bytes) -> Mapping[str, Any]:
        asked.append(os.getpid())
        return ClassFileReader()(name, content)

    stage_files(head, UAI, {"classes.csv": CSV}, numen_keys.get(), now=NOW)
    plan = staged_plan(head, UAI, numen_keys.get(), setting(only_uai=UAI), spy)
    assert plan is not None
    assert len(asked) == 1
