"""Several machines in one file: nodes, pods, every fault at once with its line; one machine writes none."""

from pathlib import Path

import pytest

from vaguemestre.site.config import Config, ConfigWrong, load

SIX = """\
[database]
engine = "postgresql"
host = "127.0.0.1"
password_file = "secrets/postgres_password"

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
        ('name = "store2"', 'name = "store1"', "ligne 25 : deux [[node]] ont le nom « store1 »"),
        ('name = "beauvais"', 'name = "amiens"', "ligne 35 : deux [[pod]] ont le nom « amiens »"),
        ("10.77.0.42", "10.77.0.41", "ligne 36 : [[pod]] « address » : 10.77.0.41 sert déjà plus haut"),
        ("10.77.0.42", "10.9.0.42", "ligne 36 : [[pod]] « address » : 10.9.0.42 n’est dans aucun réseau"),
        ("10.77.0.32", "store2.local", "ligne 26 : [[node]] « address » est une adresse IP"),
        ('["store2", "store1"]', '["store3"]', "ligne 37 : [[pod]] « nodes » : aucun [[node]] « store3 »"),
        ('["store2", "store1"]', '["data1"]', "ligne 37 : [[pod]] « nodes » : « data1 » n’a pas « pod »"),
        ('["store2", "store1"]', "[]", "ligne 37 : [[pod]] « nodes » : « beauvais » n’a aucune machine"),
        ('["web", "proxy", "mx"]', '["web", "proxi"]', "ligne 12 : [[node]] « duties » : chacun est l’un de"),
        ('["web", "proxy", "mx"]', '["web"]', "aucune machine n’a « proxy, mx » dans ses « duties »"),
        ('address = "10.77.0.21"\n', "", "ligne 14 : [[node]] « address » manque"),
        ('name = "store2"', 'nom = "store2"', "ligne 25 : [[node]] clé inconnue « nom »"),
        ('"postgresql"', '"sqlite"', "[[node]] demande [database] « engine » = postgresql"),
        ("[[pod]]", "[[academy.pod]]", "sans [[pod]], « web, proxy, pod, mx » vont ensemble"),
        ("[[pod]]", "[[academy.pod]]", "ligne 12 : [[node]] « duties »"),
        ("[[pod]]", "[[academy.pod]]", "plusieurs machines ont « pod », aucun [[pod]]"),
        ("[[node]]", "[[academy.node]]", "[[pod]] demande des [[node]]"),
        ('["web", "proxy", "mx"]', '["web", "proxy", "mx", "database"]', "2 machines ont « database »"),
        ('host = "127.0.0.1"\n', "", "« host » = 127.0.0.1, et « password_file »"),
        ('host = "127.0.0.1"', 'host = "10.77.0.21"', "ligne 3 : [database] des [[node]] « database »"),
        ('password_file = "secrets/postgres_password"\n', "", "« password_file »"),
    ],
)
def test_a_faulty_topology_is_refused_with_its_line(
    tmp_path: Path, before: str, after: str, words: str
) -> None:
    assert before in SIX
    with pytest.raises(ConfigWrong) as refused:
        loaded(tmp_path, SIX.replace(before, after))
    assert words in str(refused.value).replace("\u202f", " ").replace("\u00a0", " ")


THREE_DATABASES_AND_ONE_MORE = """\
[database]
engine = "postgresql"
host = "127.0.0.1"
password_file = "secrets/postgres_password"

[network]
trusted = ["127.0.0.0/8", "10.77.0.0/24"]
""" + "".join(
    f'[[node]]\nname = "{name}"\naddress = "10.77.0.{number}"\nduties = {duties}\n'
    for name, number, duties in (
        ("d1", 21, '["database"]'),
        ("d2", 22, '["database"]'),
        ("d3", 23, '["database"]'),
        ("m1", 31, '["web", "proxy", "pod", "mx"]'),
    )
)


def test_three_databases_and_one_machine_for_the_rest_need_no_pod(tmp_path: Path) -> None:
    topology = loaded(tmp_path, THREE_DATABASES_AND_ONE_MORE).topology
    assert [node.name for node in topology.database_nodes] == ["d1", "d2", "d3"]
    assert [topology.is_first(name) for name in ("d1", "d2", "m1", "")] == [True, False, False, False]


def test_a_database_of_somebody_else_may_be_anywhere(tmp_path: Path) -> None:
    text = THREE_DATABASES_AND_ONE_MORE.replace("127.0.0.1", "bases.ac-exemple.fr")
    alone = text[: text.index("[[node]]")] + text[text.rindex("[[node]]") :]
    assert loaded(tmp_path, alone).topology.database_nodes == ()


ENTRY = """
[[node]]
name = "entry1"
address = "10.77.0.9"
duties = ["entry"]
"""
PAGES = """
[web]
public_url = "https://messagerie.ac-exemple.fr"
behind_tls = true
"""
ALONE = SIX.replace('["store1", "store2"]', '["store1"]').replace('["store2", "store1"]', '["store2"]')
USUAL = ALONE.replace("[network]\n", '[network]\nports = "usual"\nentry = ["192.0.2.10"]\n') + PAGES


SHARED = (
    USUAL.replace('["store1"]', '["store1", "store2"]\ndevice = "nas:/amiens"\nfile_system = "nfs4"')
    .replace('nodes = ["store2"]', 'nodes = ["store3"]')
    .replace('["pod"]', '["pod"]\nfencing = "fence_ipmilan"\nfencing_options = ["ip=10.9.0.1"]')
    + ENTRY
    + '\n[[node]]\nname = "store3"\naddress = "10.77.0.33"\nduties = ["pod"]\n'
)


def test_a_pod_of_two_machines_says_what_is_mounted_and_who_cuts_their_power(tmp_path: Path) -> None:
    (tmp_path / "node").write_text("store2", encoding="utf-8")
    config = loaded(tmp_path, SHARED)
    assert (config.served_pod, config.is_pod_shared) == ("amiens", True)
    assert config.topology.nodes[3].fencing_options == ("ip=10.9.0.1",)
    (tmp_path / "node").write_text("store3", encoding="utf-8")
    config = loaded(tmp_path, SHARED)
    assert (config.served_pod, config.is_pod_shared) == ("beauvais", False)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('device = "nas:/amiens"\n', "", "« device » et « file_system » disent ce que monte"),
        ('["store3"]', '["store3"]\ndevice = "nas:/b"', "« beauvais » n’a qu’une machine"),
        ('fencing = "fence_ipmilan"\n', "", "« fencing » manque à « store1, store2 » : « amiens »"),
        ('"fence_ipmilan"', '"ipmilan"', "est un agent de Pacemaker"),
        ('"ip=10.9.0.1"', '"ip = 10.9.0.1"', "s’écrit nom=valeur, sans espace"),
    ],
)
def test_what_a_pod_of_two_machines_lacks_is_told(
    tmp_path: Path, before: str, after: str, words: str
) -> None:
    with pytest.raises(ConfigWrong, match=words):
        loaded(tmp_path, SHARED.replace(before, after))


def test_machines_that_serve_answer_the_entries_and_no_other_does(tmp_path: Path) -> None:
    for name, address in (("front1", "10.77.0.11"), ("data1", ""), ("entry1", ""), ("", "")):
        (tmp_path / "node").write_text(name, encoding="utf-8")
        config = loaded(tmp_path, USUAL + ENTRY)
        assert config.entry_address == address
        assert config.entries == (("10.77.0.9",) if address else ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SIX + ENTRY, "« entry » et des .* vont ensemble"),
        (USUAL, "« entry » et des .* vont ensemble"),
        ((USUAL + ENTRY).replace('ports = "usual"\n', ""), "« entry » demande .*usual"),
        (USUAL + ENTRY.replace('["entry"]', '["entry", "database"]'), "« entry » va seul"),
    ],
)
def test_an_entry_without_its_address_or_with_something_else_is_refused(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(ConfigWrong, match=words):
        loaded(tmp_path, text)


def test_every_machine_that_is_not_made_is_told_at_once_and_not_only_as_it_is_installed(
    tmp_path: Path,
) -> None:
    """Two fronts with a part of their duties, a machine of two pods, and one of none."""
    mx = '\n[[node]]\nname = "mx1"\naddress = "10.77.0.12"\nduties = ["mx"]\n'
    text = USUAL.replace('["web", "proxy", "mx"]', '["web", "proxy"]')
    with pytest.raises(ConfigWrong) as refused:
        loaded(tmp_path, text.replace('nodes = ["store2"]', 'nodes = ["store1"]') + ENTRY + mx)
    told = str(refused.value).splitlines()
    assert [("vont ensemble" in line, "un [[pod]] et un seul" in line) for line in told] == [
        (True, False), (False, True), (False, True), (True, False),
    ]  # fmt: skip
    assert all(", ligne " in line for line in told)


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


def test_a_machine_that_keeps_one_pod_alone_needs_not_be_told_which(tmp_path: Path) -> None:
    text = SIX.replace('["store1", "store2"]', '["store1"]').replace('["store2", "store1"]', '["store2"]')
    (tmp_path / "node").write_text("store1\n", encoding="utf-8")
    assert loaded(tmp_path, text).served_pod == "amiens"
    (tmp_path / "node").write_text("store2\n", encoding="utf-8")
    assert loaded(tmp_path, text).served_pod == "beauvais"
    assert loaded(tmp_path, SIX).served_pod == ""  # it may have both
    (tmp_path / "node").write_text("front1\n", encoding="utf-8")
    assert loaded(tmp_path, text).served_pod == ""


def test_pods_hand_over_to_the_fronts_at_their_addresses_between_machines(tmp_path: Path) -> None:
    (tmp_path / "node").write_text("front1\n", encoding="utf-8")
    assert loaded(tmp_path, SIX).pods_reach == "10.77.0.11"
    (tmp_path / "node").write_text("store1\n", encoding="utf-8")
    assert loaded(tmp_path, SIX).pods_reach == ""
    (tmp_path / "node").unlink()
    assert loaded(tmp_path, "").pods_reach == ""
