"""The units say to systemd what the plan of processes and the table of duties say."""

import configparser
from dataclasses import replace
from pathlib import Path

import pytest

from vaguemestre.processes.duties import DUTIES
from vaguemestre.processes.production.layout import HOME, RUN
from vaguemestre.processes.production.machine.files import environment_text
from vaguemestre.processes.production.units.unit import TARGET, Unit, render
from vaguemestre.processes.production.units.units import (
    CERTIFICATES,
    PREPARE,
    services_of,
    unit_files,
)
from vaguemestre.processes.supervisor import companions, plan
from vaguemestre.site.config import (
    BackupSection,
    Config,
    DatabaseSection,
    MetricsSection,
    NetworkSection,
    TlsSection,
    WebSection,
)

CONFIG = Config(
    home=HOME,
    web=WebSection(public_url="https://messagerie.ac-exemple.fr", behind_tls=True),
    network=NetworkSection(ports="usual"),
    tls=TlsSection(certificate="/etc/ssl/site.pem", key="/etc/ssl/site.key"),
    database=DatabaseSection(
        engine="postgresql", host="127.0.0.1", password_file="secrets/postgres_password"
    ),
)
LOGS = HOME / "logs"
AGENTS = ("mail-agent", "queue-agent", "token-agent", "numen-agent")
RELEASE = Path("/opt/vaguemestre/releases/0.2.0-0123456789")
CHILDREN = (
    *plan.engines(
        CONFIG,
        plan.Engine("dovecot", ("/usr/sbin/dovecot", "-F"), {}, LOGS / "dovecot.log"),
        plan.Engine(
            "postfix", ("/usr/lib/postfix/sbin/master",), {"MAIL_CONFIG": "/x"}, LOGS / "postfix.log"
        ),
    ),
    companions.filter_memory(("/usr/bin/valkey-server", "/x"), HOME / "run/d/valkey/valkey"),
    plan.content_filter(CONFIG, ("/usr/bin/rspamd",)),
    plan.signer(("/usr/bin/rspamd",), HOME / "run/d/signer/milter"),
    companions.sender_rewriter(CONFIG, "python", ("/usr/sbin/postsrsd", "-dac-exemple.fr")),
    companions.policy_daemon(("/usr/bin/mta-sts-daemon",), HOME / "run/d/mta-sts/s"),
    companions.dane_policy("python", HOME / "run/d/dane-policy/s"),
    companions.dmarc_reports(CONFIG, "python"),
    companions.tls_reports(CONFIG, "python"),
    plan.words_agent("python", HOME, HOME / "run/d/words-agent/s"),
    *plan.agents(CONFIG, "python", HOME, {name: HOME / "run/d" / name / "socket" for name in AGENTS}),
    companions.arrivals(CONFIG, "python", HOME / "run/d/arrivals/milter"),
    *plan.programs(CONFIG, "python", ("/usr/sbin/nginx",), HOME / "run/d/pools"),
    *plan.workers(CONFIG, "python"),
)


def services(config: Config = CONFIG) -> dict[str, Unit]:
    return {unit.name: unit for unit in services_of(config, CHILDREN, RELEASE)}


def values(unit: Unit, key: str) -> list[str]:
    return [line.partition("=")[2] for line in render(unit).splitlines() if line.startswith(f"{key}=")]


def test_the_service_of_an_engine_looks_after_its_log() -> None:
    written = {
        unit.name: unit.argv[unit.argv.index("--log") + 1]
        for unit in services().values()
        if "--log" in unit.argv
    }
    assert written == {
        "vaguemestre-dovecot": str(LOGS / "dovecot.log"),
        "vaguemestre-postfix": str(LOGS / "postfix.log"),
    }


def test_each_process_of_the_plan_has_a_service_and_those_that_answer_others_a_stand_in() -> None:
    stand_ins = {name for name in services() if name.endswith("-stand-in")}
    assert services().keys() - stand_ins == {f"vaguemestre-{child.name}" for child in CHILDREN} | {
        PREPARE,
        CERTIFICATES,
    }
    answering = ("web", "door", "carddav", "pictures", "push", "gate", "arrivals", *AGENTS)
    assert stand_ins == {f"vaguemestre-{name}-stand-in" for name in answering}


def test_a_stand_in_is_its_process_beside_it_started_by_nobody_and_once() -> None:
    first, second = (services()[f"vaguemestre-web{ending}"] for ending in ("", "-stand-in"))
    assert replace(second, name="", argv=(), description="", environment={}, is_wanted=True) == replace(
        first, name="", argv=(), description="", environment={}
    )
    assert second.environment["VAGUEMESTRE_STAND_IN"] == "yes"
    place = f"{HOME}/run/d/pools/web/"
    assert f"{place}http" in first.argv
    assert not any(word.endswith(f"{place}http") or f"{place}http:" in word for word in second.argv)
    assert f"{place}stand-in" in second.argv
    assert not values(second, "Restart")
    assert "[Install]" not in render(second)


@pytest.mark.parametrize("name", ["gate", "arrivals"])
def test_a_stand_in_that_takes_postfix_s_socket_over_gives_signs_of_its_own(name: str) -> None:
    """Asked by the other one's, systemd would take it for ready while it starts."""
    asked = {
        unit: [word for word in service.argv if word.startswith("heartbeat:")]
        for unit, service in services().items()
        if f"-{name}" in unit
    }
    assert asked == {
        f"vaguemestre-{name}": [f"heartbeat:{HOME}/run/{name}.heartbeat"],
        f"vaguemestre-{name}-stand-in": [f"heartbeat:{HOME}/run/{name}-stand-in.heartbeat"],
    }


def test_each_process_runs_one_release_named_without_a_link() -> None:
    """Read through « current », one that starts again in the middle of an upgrade would mix two."""
    for unit in services().values():
        assert unit.argv[0] == f"{RELEASE}/.venv/bin/python"
        assert f"PYTHONPATH={RELEASE}/src" in values(unit, "Environment")
        assert "/current" not in render(unit)


def test_the_release_of_a_unit_is_its_own_and_not_that_of_the_machine() -> None:
    """What a file of EnvironmentFile= says wins over Environment= (systemd.exec(5))."""
    assert "PYTHONPATH" not in environment_text()


def test_a_process_runs_as_the_user_of_its_duty_and_none_of_ours_is_root() -> None:
    for child in CHILDREN:
        unit = services()[f"vaguemestre-{child.name}"]
        duty = DUTIES.get(child.name.rstrip("-0123456789"))
        if duty:
            assert unit.user == duty.user
            assert not unit.is_root or child.name == "queue-agent"  # postsuper is for root
            assert unit.groups == duty.groups
    assert {name for name, unit in services().items() if unit.is_root} == {
        PREPARE, CERTIFICATES, "vaguemestre-dovecot", "vaguemestre-postfix",
        "vaguemestre-queue-agent", "vaguemestre-queue-agent-stand-in",
    }  # fmt: skip


def test_a_process_is_given_the_secrets_of_its_duty_and_sees_no_others() -> None:
    push = services()["vaguemestre-push"]
    assert {name for name, _ in push.credentials} == set(DUTIES["push"].secrets)
    former = {name for name, unit in services().items() if "numen_key.former" in dict(unit.credentials)}
    assert (
        former
        == {name for name, unit in services().items() if "numen_key" in dict(unit.credentials)}
        != set()
    )
    assert dict(push.credentials)["database"] == HOME / "secrets/database_push"
    given = {path for unit in services().values() for _, path in unit.credentials}
    assert HOME / "secrets/postgres_password" not in given  # the owner's
    assert values(push, "InaccessiblePaths") == [f"-{HOME}/secrets"]
    assert f"notify_key:{HOME}/secrets/notify_key" in values(push, "LoadCredential")


def test_without_a_password_no_database_secret_is_asked_of_systemd() -> None:
    config = replace(CONFIG, database=DatabaseSection(engine="sqlite"))
    assert "database" not in dict(services(config)["vaguemestre-push"].credentials)


def test_only_what_speaks_to_others_may() -> None:
    abroad = {name.removeprefix("vaguemestre-") for name, unit in services().items() if unit.leaves_machine}
    assert {"front", "dovecot", "postfix", "pictures", "mta-sts"} <= abroad
    assert not abroad & {"push", "gate", "arrivals", "carddav", "prepare", "postsrsd", "dane-policy"}
    assert values(services()["vaguemestre-gate"], "IPAddressDeny") == ["any"]


def test_metrics_are_read_from_outside_only_where_the_setting_says() -> None:
    asked = replace(CONFIG, metrics=MetricsSection(addresses=("10.1.2.3",)))
    assert not services()["vaguemestre-metrics"].leaves_machine
    assert services(asked)["vaguemestre-metrics"].leaves_machine


def test_a_database_elsewhere_is_reached_by_all_who_use_it() -> None:
    away = replace(CONFIG, database=replace(CONFIG.database, host="db.interne"))
    assert services(away)["vaguemestre-gate"].leaves_machine
    assert "postgresql.service" in services()[PREPARE].after
    assert "postgresql.service" not in services(away)[PREPARE].after


def test_only_the_front_opens_low_ports_among_ours() -> None:
    capabilities = {
        name: unit.capabilities for name, unit in services().items() if not unit.is_root and unit.capabilities
    }
    assert capabilities == {"vaguemestre-front": ("CAP_NET_BIND_SERVICE",)}


def test_only_what_compiles_its_rules_may_run_what_it_wrote() -> None:
    names = {name for name, unit in services().items() if not values(unit, "MemoryDenyWriteExecute")}
    assert {"vaguemestre-rspamd", "vaguemestre-signer"} <= names
    assert not names & {
        "vaguemestre-web",
        "vaguemestre-worker",
        "vaguemestre-front",
        "vaguemestre-dovecot",
    }


def test_only_bubblewrap_and_programs_of_postfix_ask_for_the_interfaces_of_the_machine() -> None:
    asking = {name for name, unit in services().items() if "AF_NETLINK" in render(unit)}
    assert {name for name in asking if not services()[name].sandboxes} == {
        PREPARE,
        "vaguemestre-postfix",
        "vaguemestre-queue-agent",
        "vaguemestre-queue-agent-stand-in",
    }


def test_what_opens_files_may_make_each_namespace_of_the_sandbox_and_no_other_process_may() -> None:
    for name, unit in services().items():
        opens_files = name.removeprefix("vaguemestre-").removesuffix("-stand-in") in (
            "web",
            "reading",
            "worker",
            "worker-2",
            "worker-long",
            "worker-imports",
            "worker-untrusted",
            "words-agent",
        )
        allowed = "user mnt pid net ipc uts cgroup" if opens_files else "yes"
        assert values(unit, "RestrictNamespaces") == [allowed], name


def test_dovecot_may_shut_its_sign_ins_in() -> None:
    unit = services()["vaguemestre-dovecot"]
    assert values(unit, "SystemCallFilter")[0] == "@system-service chroot"
    assert "CAP_SYS_CHROOT" in unit.capabilities


def test_dovecot_changes_the_share_of_no_process() -> None:
    assert "~@raw-io @reboot @swap @resources" in values(
        services()["vaguemestre-dovecot"], "SystemCallFilter"
    )
    assert "~@raw-io @reboot @swap" in values(services()["vaguemestre-postfix"], "SystemCallFilter")


def test_a_process_that_takes_too_much_memory_does_not_end_the_others_of_its_unit() -> None:
    for name, unit in services().items():
        assert values(unit, "OOMPolicy") == ["continue"], name
        assert len(values(unit, "MemoryMax")) == 1, name


def test_readers_of_what_strangers_send_have_memory_for_the_worst_and_no_more() -> None:
    units = services()
    assert values(units["vaguemestre-worker-untrusted"], "MemoryMax") == ["1G"]
    assert values(units["vaguemestre-rspamd"], "MemoryMax") == ["2G"]


def test_rspamd_may_take_its_time_to_end_and_has_not_failed_then() -> None:
    times = {name: values(unit, "TimeoutStopSec") for name, unit in services().items()}
    assert times["vaguemestre-rspamd"] == times["vaguemestre-signer"] == ["20"]
    assert times["vaguemestre-web"] == ["15"]


def test_everything_waits_for_the_ground() -> None:
    for name, unit in services().items():
        if name not in (PREPARE, CERTIFICATES):
            assert PREPARE in unit.requires
            assert PREPARE in unit.after


def test_the_ground_is_tried_again_while_the_database_is_not_there_and_for_no_other_fault() -> None:
    unit = services()[PREPARE]
    assert values(unit, "RestartForceExitStatus") == ["69"]
    assert values(unit, "RestartMode") == ["direct"]  # those that wait for it go on waiting
    assert not values(unit, "Restart")
    assert not values(services()[CERTIFICATES], "RestartForceExitStatus")


def test_the_filter_starts_after_its_memory_and_without_it() -> None:
    unit = services()["vaguemestre-rspamd"]
    assert "vaguemestre-valkey" in unit.after
    assert "vaguemestre-valkey" not in unit.requires


def test_what_the_filter_remembers_is_written_by_a_user_of_its_own_who_writes_nothing_else() -> None:
    unit = services()["vaguemestre-valkey"]
    assert values(unit, "User") == ["vaguemestre-valkey"]
    assert unit.writes == (RUN, HOME / "engines/valkey/db")
    assert values(unit, "IPAddressDeny") == ["any"]
    assert not unit.credentials


def test_what_loads_long_is_waited_for_and_no_other_longer_than_two_minutes() -> None:
    slow = {name for name, unit in services().items() if values(unit, "TimeoutStartSec") == ["300"]}
    assert slow == {"vaguemestre-rspamd", "vaguemestre-signer"}
    assert values(services()["vaguemestre-web"], "TimeoutStartSec") == ["120"]


def test_what_hangs_is_started_again() -> None:
    unit = services()["vaguemestre-web"]
    assert values(unit, "WatchdogSec") == ["60"]
    assert values(unit, "Restart") == ["always"]
    assert any(word.startswith("page:") for word in unit.argv)


def test_the_given_certificate_is_looked_at_and_only_then() -> None:
    path = next(file for file in unit_files(CONFIG, CHILDREN, RELEASE) if file.name == f"{CERTIFICATES}.path")
    assert "PathChanged=/etc/ssl/site.pem\n" in path.text
    own = replace(CONFIG, tls=TlsSection())
    assert f"{CERTIFICATES}.path" not in {file.name for file in unit_files(own, CHILDREN, RELEASE)}


def test_the_certificate_service_can_run_again_at_each_renewal() -> None:
    unit = services()[CERTIFICATES]
    assert not values(unit, "RemainAfterExit")
    assert not values(unit, "WantedBy")


@pytest.mark.parametrize("file", unit_files(CONFIG, CHILDREN, RELEASE), ids=lambda file: file.name)
def test_every_file_has_the_form_of_a_unit(file: object) -> None:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(getattr(file, "text"))  # noqa: B009
    assert parser.has_option("Unit", "Description")
    assert getattr(file, "name").startswith("vaguemestre")  # noqa: B009


def test_the_target_is_started_with_the_machine() -> None:
    target = next(file for file in unit_files(CONFIG, CHILDREN, RELEASE) if file.name == TARGET)
    assert "WantedBy=multi-user.target" in target.text


def test_words_reach_the_program_as_they_are() -> None:
    unit = Unit("x", "x", ("/bin/echo", "* OK", '"quoted"', "50%", "$HOME", ""), writes=(Path("/a b"),))
    assert values(unit, "ExecStart") == ['/bin/echo "* OK" "\\"quoted\\"" 50%% $$HOME ""']
    assert values(unit, "ReadWritePaths") == ['"-/a b"']


def backed_up(**keys: str) -> Config:
    return replace(CONFIG, backup=BackupSection(**keys))  # type: ignore[arg-type]


def test_without_a_repository_nothing_backs_up() -> None:
    assert "vaguemestre-backup" not in services()
    assert not [file for file in unit_files(CONFIG, CHILDREN, RELEASE) if "backup" in file.name]


def test_a_timer_makes_a_generation_as_often_as_the_setting_says() -> None:
    config = replace(CONFIG, backup=BackupSection(repository="/srv/sauvegarde/vm", interval_minutes=20))
    files = {file.name: file.text for file in unit_files(config, CHILDREN, RELEASE)}
    assert "OnUnitActiveSec=20min" in files["vaguemestre-backup.timer"]
    assert f"WantedBy={TARGET}" in files["vaguemestre-backup.timer"]
    unit = services(config)["vaguemestre-backup"]
    assert "[Install]" not in render(unit)
    assert values(unit, "TimeoutStartSec") == ["infinity"]
    assert values(unit, "ReadWritePaths") == [f"-{HOME} -/srv/sauvegarde/vm -/srv/sauvegarde/vm-keys"]


def test_old_generations_are_removed_in_a_time_of_their_own() -> None:
    config = backed_up(repository="/srv/sauvegarde/vm")
    files = {file.name: file.text for file in unit_files(config, CHILDREN, RELEASE)}
    assert "OnCalendar=04:30" in files["vaguemestre-backup-prune.timer"]
    units = services(config)
    assert render(units["vaguemestre-backup-prune"]).count(" backup --prune") == 1
    assert "--prune" not in render(units["vaguemestre-backup"])


def test_the_backup_speaks_to_other_machines_only_where_its_repositories_are() -> None:
    here, away = (
        services(backed_up(**keys))["vaguemestre-backup"]
        for keys in (
            {"repository": "/srv/vm"},
            {"repository": "/srv/vm", "keys_repository": "sftp:vm@coffre:/clefs"},
        )
    )
    assert values(here, "IPAddressDeny") == ["any"]
    assert values(away, "IPAddressDeny") == []


def test_the_database_of_this_machine_has_base_backups_as_its_own_user() -> None:
    config = backed_up(wal_repository="/srv/wal")
    units = services(config)
    names = {f"vaguemestre-database-backup-{kind}" for kind in ("full", "diff")}
    assert names == {name for name in units if "backup" in name}
    for name in names:
        assert values(units[name], "User") == ["postgres"]
        assert values(units[name], "ReadWritePaths") == ["-/srv/wal"]
        assert values(units[name], "RemoveIPC") == []  # it would take the server's own memory
        assert f"--type={name.rpartition('-')[2]} backup" in values(units[name], "ExecStart")[0]
    timers = {file.name: file.text for file in unit_files(config, CHILDREN, RELEASE) if "backup" in file.name}
    assert "OnCalendar=Sun 02:30" in timers["vaguemestre-database-backup-full.timer"]
    assert "Persistent=yes" in timers["vaguemestre-database-backup-diff.timer"]


def test_a_database_elsewhere_is_archived_by_who_keeps_it() -> None:
    away = replace(
        backed_up(wal_repository="/srv/wal"), database=DatabaseSection(engine="postgresql", host="db.x")
    )
    assert not [name for name in services(away) if "backup" in name]
