"""`vaguemestre install`: file and name of a machine go together, or a sentence says why not; questions."""

import re
from pathlib import Path

import pytest

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.production.install import command, installation_of
from vaguemestre.processes.production import kept_answers, layout
from vaguemestre.processes.production.installation import Installation
from vaguemestre.processes.production.machine.commands import StepFailed
from vaguemestre.processes.production.nodes.node_installation import NodeInstallation
from vaguemestre.site.config import PROJECT, Config, ConfigWrong, MailSection, OutgoingSection
from vaguemestre.site.config.database import DatabaseSection
from vaguemestre.site.config.tls import TlsSection
from vaguemestre.site.config.topology import MAIL_DUTIES, NodeSection, PodSection, Topology

DATABASE = DatabaseSection("postgresql", "127.0.0.1", password_file="secrets/postgres_password")
NODES = (
    NodeSection("d1", "10.77.0.21", ("database",)),
    NodeSection("d2", "10.77.0.22", ("database",)),
    NodeSection("d3", "10.77.0.23", ("database",)),
    NodeSection("m1", "10.77.0.31", MAIL_DUTIES),
)
TITLES = {  # how bin/install's own sentence calls a step, and how that begins
    "base et premier administrateur": "dossiers, secrets",
    "clés DKIM": "clés de signature",
    "démarrage": "services démarrés",
}
POD = PodSection("amiens", "10.77.0.41", ("m1",))


def whole(home: Path, topology: Topology) -> Installation:
    return Installation(Config(home=home, topology=topology, database=DATABASE), "", home, print)


def titles(home: Path, name: str) -> list[str]:
    return [step.title for step in installation_of(whole(home, Topology(NODES)), name).steps()]


def test_a_database_machine_gets_its_database_and_nothing_of_the_mail(tmp_path: Path) -> None:
    assert titles(tmp_path, "d2") == [
        "Configuration dans /etc/vaguemestre",
        "Nom de cette machine : d2",
        "Version active dans /opt/vaguemestre",
        "Clés de cette machine",
        "PostgreSQL de Debian laissé à Patroni",
        "Clé de cette machine lue par PostgreSQL et etcd",
        "etcd : une majorité de machines répond",
        "PostgreSQL suivi par Patroni",
        "PostgreSQL : rôle et base",
        "etcd mené par une machine dont la base suit",
    ]


def test_the_machine_for_the_rest_gets_every_other_step_and_the_way_to_the_database(tmp_path: Path) -> None:
    steps = titles(tmp_path, "m1")
    assert "HAProxy : les chemins vers les autres machines" in steps
    assert not [title for title in steps if title.startswith("PostgreSQL")]
    alone = [step.title for step in whole(tmp_path, Topology()).steps()]
    assert set(alone) - set(steps) == {title for title in alone if title.startswith("PostgreSQL")}
    assert len(steps) == len(set(steps))


def test_debian_s_own_services_are_stopped_before_haproxy_takes_their_ports(tmp_path: Path) -> None:
    """Packages that were there before a start of the machine run: Dovecot's has port 143 of every address."""
    steps = titles(tmp_path, "m1")
    masked = steps.index("Services de Debian laissés à nos unités")
    assert masked < steps.index("HAProxy : les chemins vers les autres machines")


def test_the_plan_of_a_bare_machine_names_the_later_steps_in_their_order(tmp_path: Path) -> None:
    """bin/install writes it before there is a Python to ask."""
    script = (PROJECT / "bin/install").read_text(encoding="utf-8")
    sentence = re.search(r'echo "(configuration,.*)"\n *echo "(.*)\."', script)
    assert sentence
    words = [TITLES.get(word, word) for word in " ".join(sentence.groups()).split(", ")]
    mail = MailSection(outgoing=OutgoingSection(mode="direct"))
    alone = Installation(Config(home=tmp_path, database=DATABASE, mail=mail), "", tmp_path, print)
    planned = [step.title for step in (*alone.steps(), *alone.later_steps())]
    places = [
        next(place for place, title in enumerate(planned) if title.casefold().startswith(word.casefold()))
        for word in words
    ]
    assert places == sorted(places)
    unnamed = [title for place, title in enumerate(planned) if place not in places]
    assert unnamed == ["Dossiers des sauvegardes"]


def test_why_a_given_certificate_cannot_serve_is_said_with_the_file_that_names_it(tmp_path: Path) -> None:
    tls = TlsSection(certificate=str(tmp_path / "site.pem"), key=str(tmp_path / "site.key"))
    alone = Installation(Config(home=tmp_path, database=DATABASE, tls=tls), "", tmp_path, print)
    (step,) = [step for step in alone.steps() if step.title == "Certificat"]
    assert not step.is_done()
    with pytest.raises(StepFailed, match=rf"{tls.certificate} .*{layout.CONFIGURATION} le nomme"):
        step.do()


def test_a_machine_that_was_named_once_needs_no_option(tmp_path: Path) -> None:
    (tmp_path / "node").write_text("d3\n")
    planned = installation_of(whole(tmp_path, Topology(NODES)), "")
    assert isinstance(planned, NodeInstallation)
    assert planned.node.name == "d3"


@pytest.mark.parametrize(
    ("topology", "name", "words"),
    [
        (Topology(NODES), "", "dites laquelle est celle-ci"),
        (Topology(NODES), "d9", "aucune ne s’appelle « d9 »"),
        (Topology(), "d1", "le fichier ne décrit aucune machine"),
    ],
)
def test_a_name_that_does_not_go_with_the_file_is_refused(
    tmp_path: Path, topology: Topology, name: str, words: str
) -> None:
    with pytest.raises(ConfigWrong, match=words):
        installation_of(whole(tmp_path, topology), name)


def test_one_machine_is_installed_as_before(tmp_path: Path) -> None:
    plain = whole(tmp_path, Topology())
    assert installation_of(plain, "") is plain
    (tmp_path / "node").write_text("old-name\n")  # several machines on one database, without [[node]]
    assert installation_of(plain, "") is plain


def test_ctrl_c_at_a_question_says_that_the_next_run_goes_on_and_keeps_the_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "CONFIGURATION", tmp_path / "vaguemestre.toml")
    monkeypatch.setattr(layout, "ANSWERS", tmp_path / "answers.json")
    typed = iter(["09"])

    def answered(_question: str) -> str:
        if words := next(typed, ""):
            return words
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", answered)
    with pytest.raises(Failed, match="relancez bin/install, il continuera") as stopped:
        command(config=None, node="", dry_run=False)
    assert stopped.value.code == 130
    assert kept_answers.kept_answers() == {"code": "09"}


def test_a_dry_run_keeps_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "CONFIGURATION", tmp_path / "vaguemestre.toml")
    monkeypatch.setattr(layout, "ANSWERS", tmp_path / "answers.json")
    monkeypatch.setattr("builtins.input", lambda question: "" if question.startswith("Code") else _end())
    with pytest.raises(Failed):
        command(config=None, node="", dry_run=True)
    assert not layout.ANSWERS.exists()


def _end() -> str:
    raise EOFError
