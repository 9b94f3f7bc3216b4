"""The table of users, groups, folders, secrets and sockets: pure."""

from pathlib import Path

import pytest

from vaguemestre.engines.system_users import LOGS_GROUP, SHARED_GROUP
from vaguemestre.processes import duties
from vaguemestre.processes.duties import DUTIES, duty_of
from vaguemestre.processes.supervisor import plan
from vaguemestre.processes.supervisor.companions import arrivals
from vaguemestre.processes.supervisor.neighbours import neighbours
from vaguemestre.processes.supervisor.rights import agent_sockets
from vaguemestre.site.config import Config

CONFIG = Config(home=Path("/srv/essai"), port_base=20_000)


def test_every_process_of_ours_has_a_duty() -> None:
    children = [
        *plan.programs(CONFIG, "python", ("nginx",), Path("/srv/essai/run/d/front")),
        *plan.workers(CONFIG, "python"),
        *plan.agents(CONFIG, "python", CONFIG.home, agent_sockets(CONFIG)),
        plan.names(CONFIG, "python"),
        *neighbours(CONFIG, "python", Path("/demo"), Path("/look")),
        arrivals(CONFIG, "python", Path("/srv/essai/run/d/arrivals/milter")),
    ]
    assert [child.name for child in children if duty_of(child.name) is None] == []


def test_engines_masters_are_left_to_themselves() -> None:
    assert duty_of("dovecot") is duty_of("postfix") is duty_of("rspamd") is None


def test_a_second_worker_does_what_the_first_does() -> None:
    assert duty_of("worker-2") is DUTIES["worker"]
    assert duty_of("worker-long") is DUTIES["worker-long"]
    assert duty_of("worker-untrusted") is DUTIES["worker-untrusted"]


def test_nobody_but_the_queue_agent_is_root() -> None:
    assert [duty.name for duty in DUTIES.values() if duty.is_root] == ["queue-agent"]
    assert [duty.name for duty in DUTIES.values() if duty.capabilities] == ["queue-agent"]


def test_two_duties_share_a_user_only_where_they_share_everything_it_opens() -> None:
    workers = {"worker", "worker-long", "worker-imports", "worker-untrusted"}
    together = {"web", "reading"}, workers, {"names", "accolad", "salles"}
    for duty in DUTIES.values():
        sharers = {other.name for other in DUTIES.values() if other.user == duty.user}
        assert sharers == {duty.name} or sharers in together


@pytest.mark.parametrize(
    ("secret", "strangers"),
    [
        ("throttle_key", {"web", "door", "carddav", "gate", "worker", "front", "pictures"}),
        ("numen_key", DUTIES.keys() - {"numen-agent", "worker", "worker-long"}),
        ("token_key.pem", DUTIES.keys() - {"token-agent"}),
        ("srs_key", DUTIES.keys() - {"postsrsd"}),
        ("moving_key", {"door", "push", "carddav", "gate", "front", "worker-untrusted"}),
        ("server.key", {"door", "push", "carddav", "gate", "worker", "front"}),
    ],
)
def test_a_secret_is_given_to_those_who_use_it(secret: str, strangers: set[str]) -> None:
    holders = set(duties.holders_of(secret))
    assert holders
    assert not holders & strangers


def test_what_reads_strangers_bytes_or_none_holds_no_secret_and_no_database() -> None:
    for name in ("arrivals", "pictures", "front", "mail-agent", "queue-agent", "names", "salles"):
        # texts of messages that arrived while the filter was away go to it, by its key; with pods, to those
        assert DUTIES[name].secrets == (("filter_key", *duties.POD_SECRETS) if name == "mail-agent" else ())
        assert not DUTIES[name].uses_database
        assert SHARED_GROUP not in DUTIES[name].groups


def test_logs_are_read_by_those_whose_duty_says_so() -> None:
    readers = {duty.name for duty in DUTIES.values() if LOGS_GROUP in duty.groups}
    assert readers == {duty.name for duty in DUTIES.values() if "logs" in duty.reads} == {"collector"}


def test_mail_is_written_by_its_owner_alone() -> None:
    assert [duty.name for duty in DUTIES.values() if "mail" in duty.writes] == ["mail-agent"]


def test_a_socket_that_is_opened_is_made_by_somebody() -> None:
    made = {folder for duty in DUTIES.values() for folder in duty.listens} | {"doveadm-server"}  # Dovecot's
    assert {folder for duty in DUTIES.values() for folder in duty.opens} <= made


def test_users_are_those_of_the_table_without_debians() -> None:
    assert "root" not in duties.users()
    assert "www-data" not in duties.users()
    assert "vaguemestre-web" in duties.users()
    assert all(len(name) <= 31 for name in (*duties.users(), *duties.groups()))  # useradd(8)
