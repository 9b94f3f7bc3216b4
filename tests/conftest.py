"""Every run of the tests has a home of its own, thrown away afterwards.

Set before Django is: `pyproject.toml` names no settings module, which would be read before any conftest.
"""

import gc
import importlib
import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.own_home import home_of_this_process

os.environ["VAGUEMESTRE_HOME"] = home_of_this_process()
os.environ["DJANGO_SETTINGS_MODULE"] = "vaguemestre.site.settings"
os.environ.pop("VAGUEMESTRE_PORT_BASE", None)

import django
import pytest
from django.conf import settings as site_settings
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings
from pytest_django.live_server_helper import LiveServer
from tests import (
    drawn,
    file_queue,
    last_requests,
    left_out,
    own_database,
    room_coverage,
    run_order,
    worker_reports,
)
from tests.engine_programs import EnginePrograms

from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.signin.revocations import FileRevocations
from vaguemestre.access.signin.shared_revocations import SharedRevocations
from vaguemestre.people.credentials.hashers import HeavyArgon2, HouseArgon2
from vaguemestre.site import hosts

if TYPE_CHECKING:
    from playwright.sync_api import Browser

django.setup()

# A run hashes thousands of passwords: hashes are light here, `real_hashes` gives a test those of production.
_COSTS = {hasher: (hasher.time_cost, hasher.memory_cost) for hasher in (HouseArgon2, HeavyArgon2)}
for _hasher in _COSTS:
    _hasher.time_cost, _hasher.memory_cost = 1, 8

# `bin/test --long` runs the whole of each campaign, `bin/test` a sample of it, `bin/check` a few examples.
LONG = drawn.LONG
drawn.seed()  # before xdist starts its processes
# How long an example takes to draw is the machine's, busy here: it fails nothing.
_UNHURRIED: Any = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("few", **_UNHURRIED, max_examples=12)
settings.register_profile("sample", **_UNHURRIED)
settings.register_profile("whole", **_UNHURRIED, max_examples=5000)
settings.load_profile("whole" if LONG else os.environ.get("VAGUEMESTRE_EXAMPLES", "sample"))

_OF_THE_DATABASE = frozenset({"django_db_setup", "db", "transactional_db", "live_server", "engines"})


def pytest_configure(config: pytest.Config) -> None:
    if plugin := room_coverage.plugin():
        config.pluginmanager.register(plugin, "room-coverage")
    config.pluginmanager.register(EnginePrograms(), "engine-programs")
    config.pluginmanager.register(drawn.Seed(), "seed")
    if queue := file_queue.plugin():
        config.pluginmanager.register(queue, "file-queue")
    worker_reports.leave_out_what_nobody_reads(config)
    if os.environ.get("VAGUEMESTRE_KEEP_SECONDS") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(run_order.Stopwatch(), "stopwatch")


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """pytest-django takes the database that is there: a copy of one that was migrated once."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """On SQLite the test database is a file of this run's own: threads that race need a connection each."""
    test = connection.settings_dict["TEST"]
    with own_database.quick_folder() as folder:
        if connection.vendor == "sqlite":
            test["NAME"] = f"{folder}/test.sqlite3"
        else:
            test["NAME"] = test["NAME"] or f"test_{connection.settings_dict['NAME']}"
        own_database.make_migrated(test["NAME"])
        yield


def _uses_the_database(item: pytest.Item) -> bool:
    """Whether the database may change its outcome: Django's, an instance's own, or an engine's view of it.

    On the second database this says no of engines that are not drawn, which leaves them out of that run.
    """
    if item.get_closest_marker("django_db"):
        return True
    if item.get_closest_marker("engines") and not item.get_closest_marker("no_database"):
        return drawn.are_engines_tried(item.path)
    if any(mark.kwargs.get("reason") == "this run is on SQLite" for mark in item.iter_markers("skipif")):
        return True
    info = getattr(item, "_fixtureinfo", None)
    fixtures = info.name2fixturedefs if info else {}
    return bool(fixtures.keys() & _OF_THE_DATABASE) or any(
        "give_database" in definition.func.__globals__
        for definitions in fixtures.values()
        for definition in definitions
        if hasattr(definition.func, "__globals__")
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    if collection_path.suffix == ".py" and collection_path.name.startswith("test_"):
        return left_out.is_left_out(collection_path, config.option.markexpr) or None
    return None


def pytest_itemcollected(item: pytest.Item) -> None:
    if _uses_the_database(item):
        item.add_marker("database")


def _browses(item: pytest.Item) -> bool:
    return "chromium" in getattr(item, "fixturenames", ())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    run_order.put_in_order(
        items,
        browsing={item.path for item in items if _browses(item)},
        waiting={item.path for item in items if item.get_closest_marker("engines")},
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> run_order.FilesInTurn | None:
    return run_order.FilesInTurn(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """One browser for all tests of this process; a context is what a test has of its own."""
    from playwright.sync_api import sync_playwright
    from tests.browser import launch

    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        yield browser
        browser.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """The browser's event loop runs in this thread, where Django would take a test for asynchronous code.

    A test of a whole instance asks no database here, and what it starts is told nothing.
    """
    beside = _browses(item) and not item.get_closest_marker("engines")
    with pytest.MonkeyPatch.context() as patch:
        if beside:
            patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Hardly anything that is made while tests are collected ends there: the collector would look in vain."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector, a tenth of the processor's time, looks at it no more.

    It comes more rarely too: after 700 objects, as is its habit, nearly all of a test are still in use.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(scope="session")
def live_server(live_server: LiveServer) -> LiveServer:
    """pytest-django's server, its port among those our pages are served at."""
    last_requests.count_them()
    port = urlsplit(live_server.url).port
    assert port
    for name in hosts.LOOPBACK:
        site_settings.HOSTS.pages[name] |= {port}
    return live_server


@pytest.fixture
def real_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed at their cost in production."""
    for hasher, (time_cost, memory_cost) in _COSTS.items():
        monkeypatch.setattr(hasher, "time_cost", time_cost)
        monkeypatch.setattr(hasher, "memory_cost", memory_cost)


@pytest.fixture
def how_many() -> Callable[[int, int], int]:
    """`how_many(sample, whole)`: the size of a campaign in this run."""
    return lambda sample, whole: whole if LONG else sample


@pytest.fixture
def own_revocations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileRevocations:
    """What ends is told to this test alone, so that a session is read when the test says so, and only then.

    On PostgreSQL the file of the run follows the database, as each connection sees it: a thread that looks
    meanwhile moves it for everybody.
    """
    revocations.get()  # fills the slots of the instance, this one too
    own = FileRevocations(tmp_path / "revocations")
    monkeypatch.setattr(revocations, "_value", own)
    return own


@pytest.fixture(autouse=True)
def _no_storm_of_another_test() -> None:
    """What failed in one test asks for no work in the next: the counter is the process's."""
    importlib.import_module("vaguemestre.access.signin.failure_storm").failed_attempts.reset()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """What a transactional test leaves goes at little cost, and its connection stays open for the next.

    Django's `flush` looks for tables and for modules of each application, and sends signals that nothing
    here hears. On PostgreSQL a connection may keep a lock or a role that a test took, so it is closed there.
    """
    TransactionTestCase._fixture_teardown = lambda _: own_database.empty_tables()  # type: ignore[attr-defined]
    TransactionTestCase._should_reload_connections = _is_closed_each_time  # type: ignore[attr-defined]
    shared = revocations.get()
    if isinstance(shared, SharedRevocations):
        # No process of this machine listens: each page would ask the database a dozen times what ended.
        shared._ask_if_deaf = lambda: None  # type: ignore[method-assign]


def _is_closed_each_time(_: TransactionTestCase) -> bool:
    return connection.vendor != "sqlite"
