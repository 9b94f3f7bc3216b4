"""Nonsense in the configuration: refused, all of it at once, in French, with the line."""

from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

import pytest

from vaguemestre.site import config as configuration
from vaguemestre.site.config import Config, ConfigWrong, OutgoingSection, load, section_keys


def faults_of(home: Path, text: str) -> list[str]:
    (home / "vaguemestre.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigWrong) as refused:
        load(home)
    return [line.removeprefix(f"{home}/vaguemestre.toml") for line in str(refused.value).splitlines()]


NONSENSE = """\
port_base = 8000

[mail]
quota_mb = -5
message_size_limit = 0

[feed]
closure_limit_percent = 400

[academy]
code = "99"
departments = [
  "002",
  "999",
]

[files]
clamd = "nope"

[web]
public_url = "https://messagerie.ac-amiens.test"
behind_tls = false
"""


def test_all_faults_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    told = faults_of(tmp_path, NONSENSE)
    assert [line.partition(" : ")[0] for line in told] == [
        f", ligne {number}" for number in (4, 5, 8, 11, 12, 18, 21)
    ]
    keys = ("quota_mb", "message_size_limit", "closure_limit_percent", "code", "departments", "clamd")
    assert all(f"« {key} »" in line for key, line in zip(keys, told, strict=False))
    assert "behind_tls" in told[-1]
    assert "ici -5" in told[0]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[mail\nquota_mb = 1\n", 1, "crochet « ] »"),
        ("[mail]\nquota_mb 5\n", 2, "il manque « = »"),
        ("[mail]\nquota_mb = 5 Go\n", 2, "quelque chose de trop après la valeur"),
        ("[mail]\n\nquota_mb = cinq\n", 3, "la valeur ne peut pas être lue"),
        ('[academy]\nname = "Amiens\n', 2, "guillemet"),
        ('[academy]\ndepartments = ["002"\nname = "x"\n', 3, "crochet « [ »"),
        ("[mail]\nquota_mb = 1\nquota_mb = 2\n", 3, "écrite deux fois"),
        ("[mail]\n[mail]\n", 2, "section est écrite deux fois"),
        ('[ent]\nsaml_metadata = "C:\\ent"\n', 2, "apostrophes"),
        ("bonjour\n", 1, "il manque « = »"),
        ("???\n", 1, "ni une section"),
    ],
)
def test_a_syntax_error_is_french_and_has_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    told = faults_of(tmp_path, text)
    assert any(one.startswith(f", ligne {line} : ") and words in one for one in told), told
    english = ("Invalid", "Expected", "Cannot", "column", "Unterminated", "Unclosed", "statement")
    assert not any(word in one for one in told for word in english)


def test_a_syntax_error_does_not_hide_the_other_faults(tmp_path: Path) -> None:
    told = faults_of(tmp_path, "[mail]\nquota_mb = cinq\nundo_seconds = dix\n[web]\nworkers = 500\n")
    assert [one.split(" : ")[0] for one in told] == [", ligne 2", ", ligne 3", ", ligne 5"]


def test_a_word_near_a_key_is_proposed(tmp_path: Path) -> None:
    assert "« quota_mb »" in faults_of(tmp_path, "[mail]\nquota_md = 1\n")[0]
    assert "« mail »" in faults_of(tmp_path, "[mial]\nquota_mb = 1\n")[0]


def test_a_file_in_another_encoding_is_told_in_french(tmp_path: Path) -> None:
    (tmp_path / "vaguemestre.toml").write_bytes('[academy]\nname = "Académie"\n'.encode("latin-1"))
    with pytest.raises(ConfigWrong, match="UTF-8"):
        load(tmp_path)


def test_every_number_of_the_configuration_has_bounds() -> None:
    unbounded = []
    for section in fields(Config):
        kind = get_type_hints(Config)[section.name]
        if section.name not in configuration.SECTIONS:
            continue
        for key, hint in get_type_hints(kind, include_extras=True).items():
            bare, check = section_keys.split_check(hint)
            if bare is not bool and check is None:
                unbounded.append(f"{section.name}.{key}")
    for key, hint in get_type_hints(OutgoingSection, include_extras=True).items():
        bare, check = section_keys.split_check(hint)
        if bare is not bool and check is None:
            unbounded.append(f"mail.outgoing.{key}")
    assert unbounded == ["mail.outgoing"]  # a table, whose own keys come after


def test_keys_of_a_table_inside_a_section_are_checked_with_their_lines(tmp_path: Path) -> None:
    told = faults_of(
        tmp_path,
        '[mail]\nquota_mb = -5\n\n[mail.outgoing]\nmode = "directe"\nqueue_days = "4"\nrelay_prot = 25\n',
    )
    assert [line.partition(" : ")[0] for line in told] == [f", ligne {n}" for n in (2, 5, 6, 7)]
    assert "[mail.outgoing] « mode » vaut demonstration, direct ou relay ; ici" in told[1]
    assert "(peut-être « relay_port »)" in told[3]


def test_a_table_inside_a_section_must_be_a_table(tmp_path: Path) -> None:
    assert "« mail.outgoing » doit être une section" in faults_of(tmp_path, "[mail]\noutgoing = 3\n")[0]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ('mode = "relay"\n', "« relay_host »"),
        ('mode = "direct"\nrelay_host = "relais.fr"\n', "« mode » = relay"),
        ('mode = "relay"\nrelay_host = "relais.fr"\nrelay_user = "moi"\n', "vont ensemble"),
        (
            'mode = "relay"\nrelay_host = "r.fr"\nrelay_user = "moi"\nrelay_password_file = "m"\n'
            'relay_tls = "opportunistic"\n',
            "ne part pas en clair",
        ),
    ],
)
def test_a_relay_is_whole_or_refused(tmp_path: Path, keys: str, words: str) -> None:
    told = faults_of(tmp_path, f"[mail.outgoing]\n{keys}")
    assert len(told) == 1
    assert words in told[0]


def test_a_right_table_inside_a_section_is_read(tmp_path: Path) -> None:
    (tmp_path / "vaguemestre.toml").write_text('[mail.outgoing]\nmode = "direct"\nipv6 = false\n')
    outgoing = load(tmp_path).mail.outgoing
    assert (outgoing.mode, outgoing.ipv6, outgoing.leaves) == ("direct", False, True)


@pytest.mark.parametrize(
    "text",
    [
        '[database]\nengine = "postgresql"\nport = 0\n',
        '[web]\npublic_url = "http://x y"\n',
        '[web]\npublic_url = "https://a.test/chemin"\nbehind_tls = true\n',
        "[web]\nbehind_tls = true\n",
        '[web]\nhost = "pas un nom"\n',
        "[mail]\nundo_seconds = -1\n",
        "[mail]\nquota_mb = 5\n",
        "[sending]\nmost_1_minute = 0\n",
        "[sending]\nwarn_1_minute = 900\n",
        "[sending]\nnight_divisor = 0\n",
        "[sending]\nstrangers_an_hour = -1\n",
        '[sending]\nexempt = ["pas une adresse"]\n',
        "[feed]\ngrace_days = -60\n",
        "[lifecycle]\npurged = 5\n",
        "[lifecycle]\ndeath_frozen = -1\n",
        '[lifecycle]\nnotices = "demain"\n',
        "[portability]\nupload_mb = 0\n",
        '[portability]\nprivate_servers = ["imap.test"]\n',
        "[files]\nmost_in_all_mb = 10\n",
        '[ent]\ndomain = "ent"\n',
        '[ent]\ncas_url = "http://ent.test/cas"\n',
        '[ent]\nsaml_metadata = "../../etc/passwd"\n',
        '[academy]\nname = ""\n',
        '[academy]\ncode = "09"\n',
        "[academy]\ndepartments = []\n",
        '[academy]\ndepartments = ["059"]\n',
        '[academy]\nhelp_address = "assistance"\n',
        '[academy]\ncolleague_domains = ["ac lille"]\n',
        '[signin]\nsecond_factor_for = ["agent"]\n',
        '[signin]\nsecond_factor_from = "hier"\n',
    ],
)
def test_nonsense_is_refused_at_its_line(tmp_path: Path, text: str) -> None:
    told = faults_of(tmp_path, text)
    assert len(told) == 1
    assert told[0].startswith(", ligne ")


@pytest.mark.parametrize(
    "text",
    [
        '[academy]\ncode = "27"\ndepartments = ["620", "720"]\ndomain = "ac-corse.fr"\n',
        '[academy]\ncode = "32"\ndepartments = ["971", "977", "978"]\n',
        '[files]\nclamd = "/run/clamav/clamd.ctl"\n',
        '[files]\nclamd = "127.0.0.1:3310"\n',
        '[web]\npublic_url = "https://messagerie.ac-lille.fr"\nbehind_tls = true\n',
        '[web]\npublic_url = "http://127.0.0.1:48000/"\n',
        '[portability]\nprivate_servers = ["imap.interne:993", "10.0.0.4:143"]\n',
        "[feed]\nclosure_limit_percent = 0.5\n",
    ],
)
def test_what_makes_sense_is_taken(tmp_path: Path, text: str) -> None:
    (tmp_path / "vaguemestre.toml").write_text(text, encoding="utf-8")
    assert load(tmp_path).home == tmp_path


@pytest.mark.parametrize("address", ["dsi@ailleurs.fr", "postmaster@ac-amiens.test", "Abuse@ac-amiens.test"])
def test_what_others_report_is_read_by_somebody_of_the_academie(tmp_path: Path, address: str) -> None:
    (fault,) = faults_of(tmp_path, f'[mail]\npostmaster = "{address}"\n')
    assert "« postmaster »" in fault
    (tmp_path / "vaguemestre.toml").write_text('[mail]\npostmaster = "DSI@ac-amiens.test"\n')
    assert load(tmp_path).mail.postmaster == "DSI@ac-amiens.test"
