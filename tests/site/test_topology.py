"""Several machines in one file: nodes, pods, every fault at once with its line; one machine writes none."""

from pathlib import Path

import pytest

from vaguemestre.site.config import Config, ConfigWrong, load

SIX = """\
[database]
engine = "postgresql"

[network]
trusted = ["127.0.0.0/8", "10.77.0.0/24"]

[[node]]
name = "front1"
address = "10.77.0.11"
duties = ["web", "proxy", "mx"]

[[node]]
name = "data1"
address = "10.77.0.21"
duties = ["database"]

[[node]]
name = "store1"
address = "10.77.0.31"
duties = ["pod"]

[[node]]
name = "store2"
address = "10.77.0.32"
duties = ["pod"]

[[pod]]
name = "amiens"
address = "10.77.0.41"
nodes = ["store1", "store2"]

[[pod]]
name = "beauvais"
address = "10.77.0.42"
nodes = ["store2", "store1"]
"""


def loaded(home: Path, text: str) -> Config:
    (home / "vaguemestre.toml").write_text(text, encoding="utf-8")
    return load(home)


def test_one_machine_has_neither_nodes_nor_pods(tmp_path: Path) -> None:
    topology = loaded(tmp_path, "").topology
    assert topology.nodes == topology.pods == ()
    assert topology.pod_named("") is None


def test_nodes_and_pods_are_read_in_their_order(tmp_path: Path) -> None:
    topology = loaded(tmp_path, SIX).topology
    assert [node.name for node in topology.nodes] == ["front1", "data1", "store1", "store2"]
    first, second = topology.pods
    assert topology.pod_named("") == topology.pod_named("amiens") == first
    assert (second.address, second.nodes) == ("10.77.0.42", ("store2", "store1"))
    assert topology.pod_named("creil") is None
    node = topology.node_named("store1")
    assert node
    assert node.duties == ("pod",)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('name = "store2"', 'name = "store1"', "ligne 23 : deux [[node]] ont le nom « store1 »"),
        ('name = "beauvais"', 'name = "amiens"', "ligne 33 : deux [[pod]] ont le nom « amiens »"),
        ("10.77.0.42", "10.77.0.41", "ligne 34 : [[pod]] « address » : 10.77.0.41 sert déjà plus haut"),
        ("10.77.0.42", "10.9.0.42", "ligne 34 : [[pod]] « address » : 10.9.0.42 n’est dans aucun réseau"),
        ("10.77.0.32", "store2.local", "ligne 24 : [[node]] « address » est une adresse IP"),
        ('["store2", "store1"]', '["store3"]', "ligne 35 : [[pod]] « nodes » : aucun [[node]] « store3 »"),
        ('["store2", "store1"]', '["data1"]', "ligne 35 : [[pod]] « nodes » : « data1 » n’a pas « pod »"),
        ('["store2", "store1"]', "[]", "ligne 35 : [[pod]] « nodes » : « beauvais » n’a aucune machine"),
        ('["web", "proxy", "mx"]', '["web", "proxi"]', "ligne 10 : [[node]] « duties » : chacun est l’un de"),
        ('["web", "proxy", "mx"]', '["web"]', "aucune machine n’a « proxy, mx » dans ses « duties »"),
        ('address = "10.77.0.21"\n', "", "ligne 12 : [[node]] « address » manque"),
        ('name = "store2"', 'nom = "store2"', "ligne 23 : [[node]] clé inconnue « nom »"),
        ('"postgresql"', '"sqlite"', "[[node]] demande [database] « engine » = postgresql"),
        ("[[pod]]", "[[academy.pod]]", "[[node]] et [[pod]] vont ensemble"),
    ],
)
def test_a_faulty_topology_is_refused_with_its_line(
    tmp_path: Path, before: str, after: str, words: str
) -> None:
    assert before in SIX
    with pytest.raises(ConfigWrong) as refused:
        loaded(tmp_path, SIX.replace(before, after))
    assert words in str(refused.value).replace("\u202f", " ").replace("\u00a0", " ")


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    wrong = SIX.replace('name = "beauvais"', 'name = "amiens"').replace("10.77.0.42", "10.9.0.42")
    with pytest.raises(ConfigWrong) as refused:
        loaded(tmp_path, wrong.replace('"postgresql"', '"sqlite"'))
    assert str(refused.value).count("\n") == 2


def test_a_table_written_as_a_section_is_told_how_it_is_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigWrong, match=r"\[\[pod\]\]"):
        loaded(
            tmp_path,
            SIX.replace('[[pod]]\nname = "amiens"', '[pod]\nname = "amiens"').partition("[[pod]]")[0],
        )
