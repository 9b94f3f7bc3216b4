"""What an upgrade does to each unit, and in which order."""

from dataclasses import replace
from pathlib import Path

import pytest

from vaguemestre.processes.production.upgrades.releases import ReleaseRefused
from vaguemestre.processes.production.upgrades.upgrade_plan import (
    Change,
    Description,
    change_of,
    change_order,
    is_of,
    open_connections,
    read_description,
    stale_units,
    stand_in_unit,
    unit_of,
)

OLD, NEW = Path("/opt/vaguemestre/releases/0.2.0-a"), Path("/opt/vaguemestre/releases/0.2.1-b")
BOTH = (OLD, NEW)
RELOADED = "ExecStart={release}/.venv/bin/python x\nExecReload=/bin/kill -HUP $MAINPID\n"
PLAIN = "ExecStart={release}/.venv/bin/python x\n"
NAMES = (
    "dovecot",
    "postfix",
    "signer",
    "token-agent",
    "reading",
    "web",
    "door",
    "front",
    "gate",
    "arrivals",
    "worker",
    "worker-2",
)
ENGINES = ("dovecot", "postfix", "signer", "front")


def text(process: str, release: Path) -> str:
    shape = RELOADED if process in ("dovecot", "postfix", "front") else PLAIN
    return shape.format(release=release)


NEXT = Description(
    units={
        **{unit_of(name): text(name, NEW) for name in NAMES},
        **{stand_in_unit(name): PLAIN.format(release=NEW) for name in ("web", "door", "gate", "token-agent")},
    },
    processes=NAMES,
    engines=ENGINES,
    sockets={"web": "/run/web/http"},
    files={"/etc/vaguemestre/environment": "A=b\n"},
    masked=("nginx.service",),
    pending=("lists.0002_more",),
    faults=(),
)


def test_what_others_ask_comes_first_and_mail_doors_last() -> None:
    names = change_order(NEXT)
    assert names.index("token-agent") < names.index("web") < names.index("door") < names.index("gate")
    assert names.index("web") < names.index("reading")  # which has no stand-in to show that it does not start
    assert names.index("gate") < names.index("worker") < names.index("worker-2")
    assert set(names[-len(ENGINES) :]) == set(ENGINES)
    assert sorted(names) == sorted(NAMES)


@pytest.mark.parametrize(
    ("process", "change"),
    [
        ("dovecot", Change.RELOAD),
        ("front", Change.RELOAD),
        ("signer", Change.KEEP),
        ("web", Change.REPLACE),
        ("gate", Change.REPLACE),
        ("worker", Change.RESTART),
    ],
)
def test_doors_stay_open_and_others_answer_for_what_restarts(process: str, change: Change) -> None:
    assert change_of(process, text(process, OLD), NEXT, BOTH) is change


def test_a_door_whose_unit_changed_by_more_than_its_release_is_restarted() -> None:
    there = text("dovecot", OLD) + "MemoryMax=1G\n"
    assert change_of("dovecot", there, NEXT, BOTH) is Change.RESTART


def test_a_process_that_is_new_is_started() -> None:
    assert change_of("web", "", NEXT, BOTH) is Change.RESTART


def test_a_release_that_begins_like_another_is_another() -> None:
    longer = NEW.with_name(f"{NEW.name}b")
    there = text("dovecot", longer)
    assert change_of("dovecot", there, NEXT, BOTH) is Change.RESTART


def test_a_description_is_read_as_it_was_written() -> None:
    assert read_description(NEXT.to_json()) == NEXT


@pytest.mark.parametrize("words", ["", "[]", "{}", '{"units": {}, "sockets": {}, "files": {}, "faults": 1}'])
def test_a_release_that_describes_itself_otherwise_is_refused(words: str) -> None:
    with pytest.raises(ReleaseRefused, match="ne se décrit pas"):
        read_description(words)


def test_units_of_the_release_before_are_stale_and_no_others() -> None:
    later = replace(NEXT, units={unit_of("web"): ""})
    assert stale_units(["vaguemestre-web.service", "vaguemestre-oubli.service"], later) == (
        "vaguemestre-oubli.service",
    )


def test_a_process_tells_by_its_environment_which_release_it_runs() -> None:
    environ = f"A=b\0PYTHONPATH={NEW}/src\0PYTHONUTF8=1\0".encode()
    assert is_of(environ, NEW / "src")
    assert not is_of(environ, OLD / "src")
    assert not is_of(environ, NEW)


def test_connections_are_counted_of_one_socket_and_only_those_that_are_open() -> None:
    table = (
        "Num       RefCount Protocol Flags    Type St Inode Path\n"
        "0000000000000000: 00000002 00000000 00010000 0001 01 11 /run/web/http\n"
        "0000000000000000: 00000003 00000000 00000000 0001 03 12 /run/web/http\n"
        "0000000000000000: 00000003 00000000 00000000 0001 03 13 /run/web/http-2\n"
        "0000000000000000: 00000003 00000000 00000000 0001 03 14\n"
    )
    assert open_connections(table, "/run/web/http") == 1
