"""What etcd, Patroni and HAProxy are given: the same three machines in each, judged by themselves."""

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from vaguemestre.engines.cluster import node_keys
from vaguemestre.engines.cluster.configuration import (
    RecipientDoors,
    copy_text,
    etcd_leader_text,
    etcd_text,
    let_go_text,
    patroni_text,
    routes_text,
)
from vaguemestre.engines.cluster.members import DatabaseCluster, Member
from vaguemestre.foundation.kernel.errors import EngineRefused

NOW = datetime(2026, 11, 2, tzinfo=UTC)
BINARIES, DATA = Path("/usr/lib/postgresql/17/bin"), Path("/var/lib/postgresql/17/vaguemestre")
COPY = Path("/etc/patroni/pg_basebackup")


def cluster(keys: Path = Path("/keys")) -> DatabaseCluster:
    return DatabaseCluster(
        members=(Member("d1", "10.77.0.21"), Member("d2", "10.77.0.22"), Member("d3", "fd00::23")),
        clients=(Member("m1", "10.77.0.31"), Member("m2", "fd00::32")),
        database="vaguemestre",
        keys=keys,
    )


def test_each_etcd_names_itself_and_every_voter() -> None:
    lines = dict(line.split("=", 1) for line in etcd_text(cluster(), "d2").splitlines() if line[0] != "#")
    assert lines["ETCD_NAME"] == "d2"
    assert lines["ETCD_LISTEN_CLIENT_URLS"] == "https://10.77.0.22:2379"
    assert lines["ETCD_INITIAL_CLUSTER"] == (
        "d1=https://10.77.0.21:2380,d2=https://10.77.0.22:2380,d3=https://[fd00::23]:2380"
    )
    assert lines["ETCD_CLIENT_CERT_AUTH"] == lines["ETCD_PEER_CLIENT_CERT_AUTH"] == "true"


def test_only_members_replicate_and_only_clients_ask_and_all_by_tls() -> None:
    text = patroni_text(cluster(), "d1", BINARIES, DATA, COPY)
    rules = [line.strip()[2:] for line in text.partition("pg_hba:")[2].splitlines() if "- " in line]
    assert [rule.split()[0] for rule in rules] == ["local", *["hostssl"] * 8]
    replicating = {rule.split()[3] for rule in rules if rule.split()[1] == "replication"}
    assert replicating == {"10.77.0.21/32", "10.77.0.22/32", "fd00::23/128"}
    asking = [rule for rule in rules if rule.endswith("scram-sha-256")]
    assert asking == [
        "hostssl vaguemestre all 10.77.0.31/32 scram-sha-256",
        "hostssl vaguemestre all fd00::32/128 scram-sha-256",
    ]
    assert "trust" not in text
    assert "- members d3 vaguemestre_rewind" in text


def test_nobody_becomes_primary_without_every_confirmed_commit() -> None:
    text = patroni_text(cluster(), "d1", BINARIES, DATA, COPY)
    assert "synchronous_mode: true" in text
    numbers = {
        key: int(text.partition(f" {key}: ")[2].split()[0]) for key in ("ttl", "loop_wait", "retry_timeout")
    }
    # patroni.readthedocs.io, dynamic configuration: else a primary is given up while it is well
    assert numbers["loop_wait"] + 2 * numbers["retry_timeout"] <= numbers["ttl"]


def test_a_member_that_is_not_in_the_file_has_no_configuration() -> None:
    with pytest.raises(LookupError):
        etcd_text(cluster(), "m1")


def test_the_route_listens_on_the_loopback_and_asks_who_is_primary() -> None:
    text = routes_text(cluster())
    assert "bind 127.0.0.1:5432\n" in text
    assert "uri /primary" in text
    assert [line.split()[1:] for line in text.splitlines() if line.startswith("    server ")] == [
        ["d1", "10.77.0.21:5432"], ["d2", "10.77.0.22:5432"], ["d3", "[fd00::23]:5432"],
    ]  # fmt: skip


def _servers(text: str, listen: str) -> list[str]:
    """The servers of that listener, in their order, with a mark on those that are used when no other is."""
    body = text.partition(f"listen {listen}\n")[2].partition("listen ")[0]
    lines = [line.split() for line in body.splitlines() if line.startswith("    server ")]
    return [f"{words[1]}{'*' if 'backup' in words else ''}" for words in lines]


def test_what_the_mx_asks_is_led_to_one_that_follows_when_none_writes() -> None:
    text = routes_text(cluster(), (), RecipientDoors(8054, 8055))
    others = [f"{kind}-d{n}*" for kind in ("synchronous", "following") for n in (1, 2, 3)]
    assert _servers(text, "recipients") == [f"database-d{n}" for n in (1, 2, 3)] + others
    assert _servers(text, "recipients-again") == [f"settled-d{n}" for n in (1, 2, 3)] + others
    assert "bind 127.0.0.1:8054\n" in text
    assert "uri /synchronous\n" in text
    again = text.partition("listen recipients-again\n")[2]
    assert "bind 127.0.0.1:8055\n" in again
    assert [line.split()[1] for line in again.splitlines() if "use-server" in line] == [
        "synchronous-d1", "synchronous-d2", "synchronous-d3",
    ]  # fmt: skip


def test_whoever_goes_to_a_standby_because_the_writing_one_was_doubted_comes_back() -> None:
    """« settled » ends them when it believes again: it doubts at each fault that « database » counts."""
    text = routes_text(cluster(), (), RecipientDoors(8054, 8055))
    checks = {
        kind: text.partition(f" {kind}\n")[2].partition("default-server ")[2].partition(" port ")[0]
        for kind in ("database", "settled")
    }
    assert checks == {"database": "inter 1s fall 2 rise 1", "settled": "inter 1s fall 1 rise 3"}


def test_a_machine_without_an_mx_leads_nobody_to_a_database_that_follows() -> None:
    assert "recipients" not in routes_text(cluster())


def test_a_machine_is_known_by_one_certificate_as_server_and_as_client(tmp_path: Path) -> None:
    node_keys.make_authority(tmp_path, now=NOW)
    pem, key = node_keys.node_certificate(tmp_path, Member("d1", "10.77.0.21"), now=NOW)
    certificate = x509.load_pem_x509_certificate(pem)
    uses = set(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    assert uses == {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH}
    assert certificate.subject.rfc4514_string() == "CN=d1"
    ca = x509.load_pem_x509_certificate((tmp_path / "ca.pem").read_bytes())
    certificate.verify_directly_issued_by(ca)
    assert certificate.not_valid_after_utc <= ca.not_valid_after_utc
    assert b"PRIVATE KEY" in key


def test_the_authority_stays_the_same_and_its_key_is_read_by_root_only(tmp_path: Path) -> None:
    node_keys.make_authority(tmp_path, now=NOW)
    before = (tmp_path / "ca.pem").read_bytes()
    node_keys.make_authority(tmp_path, now=NOW)
    assert (tmp_path / "ca.pem").read_bytes() == before
    assert (tmp_path / "ca.key").stat().st_mode & 0o777 == 0o600


def test_a_machine_without_the_authority_signs_nobody(tmp_path: Path) -> None:
    with pytest.raises(EngineRefused, match="première machine"):
        node_keys.node_certificate(tmp_path, Member("d1", "10.77.0.21"), now=NOW)


@pytest.mark.engines
@pytest.mark.parametrize("doors", [None, RecipientDoors(8054, 8055)])
def test_haproxy_takes_its_configuration(tmp_path: Path, doors: RecipientDoors | None) -> None:
    node_keys.make_authority(tmp_path, now=NOW)
    file = tmp_path / "haproxy.cfg"
    script = tmp_path / "let-go.lua"
    script.write_text(let_go_text())
    file.write_text(routes_text(cluster(tmp_path), (), doors, script))
    judged = subprocess.run(["haproxy", "-c", "-f", str(file)], capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stderr
    assert "WARNING" not in judged.stderr


@pytest.mark.engines
def test_patroni_takes_its_configuration(tmp_path: Path) -> None:
    file = tmp_path / "patroni.yml"
    node_keys.make_authority(tmp_path, now=NOW)
    pem, key = node_keys.node_certificate(tmp_path, Member("d1", "10.77.0.21"), now=NOW)
    (tmp_path / "node.pem").write_bytes(pem)
    node_keys.write_key(tmp_path / "node.key", key)
    copy = _program(tmp_path / "pg_basebackup", copy_text(BINARIES))
    file.write_text(patroni_text(cluster(tmp_path), "d1", BINARIES, tmp_path / "data", copy))
    read = subprocess.run(
        ["/usr/bin/python3", "-c", "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))"],
        input=file.read_text(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    taken = json.loads(read.stdout)
    assert taken["bootstrap"]["dcs"]["synchronous_mode"] is True
    # else a copy for another machine waits minutes for the next checkpoint, longer than bin/install does
    assert taken["postgresql"]["basebackup"] == [{"checkpoint": "fast"}]
    # PostgreSQL's own minute holds each commit while a standby that confirms is silent
    assert taken["postgresql"]["parameters"]["wal_sender_timeout"] == "6s"
    judged = subprocess.run(
        ["patroni", "--validate-config", "--ignore-listen-port", str(file)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    about = [line for line in (judged.stdout + judged.stderr).splitlines() if line.strip()]
    # the other machines and PostgreSQL itself are not here
    assert [line for line in about if "not reachable" not in line and "bin_dir" not in line] == []


def test_a_session_that_found_no_database_tries_another_one() -> None:
    """The one that stopped may come back as a standby: a session that waited for it could only read."""
    database = routes_text(cluster()).partition("listen database")[2].partition("listen")[0]
    assert "option redispatch 1" in database


def _program(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def test_a_copy_waits_longer_for_its_own_disk_than_a_commit_for_a_standby(tmp_path: Path) -> None:
    """Streaming the log meanwhile, it would be ended after six seconds, and begin again without end."""
    _program(tmp_path / "pg_basebackup", '#!/bin/sh\necho "$PGOPTIONS|$*"\n')
    copy = _program(tmp_path / "copy", copy_text(tmp_path))
    said = subprocess.run(
        [copy, "-X", "stream", "--dbname=host=a b"], capture_output=True, text=True, check=True
    )
    assert said.stdout == "-c wal_sender_timeout=60s|-X stream --dbname=host=a b\n"


_STATUS = '[{{"Endpoint":"a","Status":{{"header":{{"cluster_id":9,"member_id":17}},"leader":{leader}}}}}]'
_MEMBERS = "11, started, d1, https://a\n12, unstarted, , https://a\n13, started, d3, https://a\n"
_ETCDCTL = """\
#!/bin/sh
cd {folder}
case "$1 $2" in
"endpoint status") cat status ;;
"member list") cat members ;;
*) echo "$*" >> asked ;;
esac
"""


@pytest.mark.parametrize(
    ("writes", "leader", "asked"),
    [("t", 17, "move-leader 13\n"), ("t", 19, ""), ("f", 17, "")],
    ids=["writes and leads", "writes", "leads"],
)
def test_a_machine_whose_database_writes_has_another_lead_etcd(
    tmp_path: Path, writes: str, leader: int, asked: str
) -> None:
    for name, said in (("status", _STATUS.format(leader=leader)), ("members", _MEMBERS), ("asked", "")):
        (tmp_path / name).write_text(said, encoding="utf-8")
    _program(tmp_path / "psql", f"#!/bin/sh\necho {writes}\n")
    _program(tmp_path / "etcdctl", _ETCDCTL.format(folder=tmp_path))
    program = _program(tmp_path / "leader", etcd_leader_text(cluster(), "d1"))
    subprocess.run([program], env={"PATH": f"{tmp_path}:{os.environ['PATH']}"}, check=True)
    assert (tmp_path / "asked").read_text(encoding="utf-8") == asked
