"""What the nursery forks is what setpriv would have started, sooner."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from vaguemestre.engines.system_users import system_group, system_user
from vaguemestre.processes.duties import DUTIES
from vaguemestre.processes.supervisor import process_table, rights
from vaguemestre.processes.supervisor.child_process import Spawned, spawn
from vaguemestre.processes.supervisor.nursery import nursery_start
from vaguemestre.processes.supervisor.nursery.nursery_client import ForkRequest, Nursery

pytestmark = pytest.mark.heavy

SOURCE = Path(__file__).resolve().parents[3] / "src"
TELLER = """\
import json, os, signal, sys
lines = dict(line.split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
told = {name: lines[name].split() for name in ("Uid", "Gid", "Groups", "NoNewPrivs", "Umask")}
told |= {name: value.strip() for name, value in lines.items() if name.startswith("Cap")}
told["command"] = open("/proc/self/cmdline").read().rstrip("\\0").split("\\0")
told |= {"folder": os.getcwd(), "argv": sys.argv, "mine": os.environ["MINE"]}
told["leads"] = os.getsid(0) == os.getpid()
told["main"] = sys.modules["__main__"].__name__
told["input"] = os.readlink("/proc/self/fd/0")
print(json.dumps(told), flush=True)
if sys.argv[1:] == ["wait"]:
    signal.pause()
sys.exit(7)
"""
DUTY = DUTIES["web"]


@pytest.fixture(autouse=True)
def adopting() -> Iterator[None]:
    """Adopt orphans as a supervisor does, during the test alone: those of others are for who reaps them."""
    process_table.adopt_orphans()
    yield
    process_table.leave_orphans()


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that other users reach: pytest closes its own to them."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def environment(place: Path) -> dict[str, str]:
    """One in which a module `teller` says who it is."""
    (place / "teller.py").write_text(TELLER, encoding="utf-8")
    return {**os.environ, "PYTHONPATH": f"{SOURCE}:{place}", "PYTHONSAFEPATH": "1", "MINE": "yes"}


@asynccontextmanager
async def nursery(environment: Mapping[str, str]) -> AsyncIterator[Nursery]:
    begun = Nursery(nursery_start.begin(nursery_start.command(sys.executable), environment))
    try:
        yield begun
    finally:
        begun.close()


def fork_request(*arguments: str) -> ForkRequest:
    user = system_user(DUTY.user)
    groups = tuple(system_group(name) for name in DUTY.groups)
    return ForkRequest("teller", arguments, user.pw_uid, (user.pw_gid, *groups))


async def story_of(process: Spawned) -> tuple[dict[str, object], int]:
    text = await process.output.read()  # to its end
    return json.loads(text), await process.ended


def test_it_has_the_rights_name_and_place_of_what_setpriv_starts(
    environment: dict[str, str], place: Path
) -> None:
    async def both() -> tuple[tuple[dict[str, object], int], ...]:
        async with nursery(environment) as begun:
            forked = await begun.fork(fork_request("a"), environment, place, umask=0o007)
            assert forked is not None
            argv = (*rights.prefix(DUTY), sys.executable, "-m", "teller", "a")
            started = await spawn(argv, environment, place, umask=0o007)
            return await story_of(forked), await story_of(started)

    forked, started = asyncio.run(both())
    assert forked == started
    assert forked[1] == 7
    assert forked[0]["CapBnd"] == "0" * 16


def test_it_is_told_to_end_when_the_supervisor_dies(environment: dict[str, str], place: Path) -> None:
    script = f"""\
import asyncio, os, sys
from pathlib import Path
from tests.processes.supervisor.test_nursery import fork_request, nursery, process_table
async def main():
    async with nursery(os.environ) as begun:
        forked = await begun.fork(fork_request("wait"), os.environ, Path({str(place)!r}), umask=0)
        await forked.output.readline()
        print(forked.pid, flush=True)
        sys.stdin.read()
process_table.adopt_orphans()
asyncio.run(main())
"""
    root = str(Path(__file__).resolve().parents[3])
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**environment, "PYTHONPATH": f"{environment['PYTHONPATH']}:{root}"}, cwd=root,
    ) as supervisor:  # fmt: skip
        assert supervisor.stdout
        number = int(supervisor.stdout.readline())
        supervisor.kill()
    _, status = os.waitpid(number, 0)  # adopted by us
    assert os.waitstatus_to_exitcode(status) == -signal.SIGTERM


@pytest.mark.parametrize("when", ["loading", "loaded", "closed"])
def test_without_it_a_process_is_started_in_the_usual_way(
    environment: dict[str, str], place: Path, when: str
) -> None:
    async def story() -> Spawned | None:
        async with nursery(environment) as begun:
            if when == "loaded":
                first = await begun.fork(fork_request(), environment, place, umask=0)
                assert first is not None
                await story_of(first)
            if when == "closed":
                begun.close()
            else:
                begun._process.kill()
            return await begun.fork(fork_request(), environment, place, umask=0)

    assert asyncio.run(story()) is None


def test_it_loads_libraries_and_nothing_of_an_instance(environment: dict[str, str]) -> None:
    script = """\
import importlib, json, sys, threading
from vaguemestre.processes.supervisor.nursery import nursery_process
nursery_process.load()
for name in nursery_process.LIBRARIES:
    importlib.import_module(name)
from django.conf import settings
print(json.dumps([settings.configured, threading.active_count(), sorted(sys.modules)]))
"""
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True)
    is_configured, threads, modules = json.loads(run.stdout)
    assert not is_configured
    assert threads == 1
    assert not {name for name in modules if name.endswith((".models", ".services", ".settings", ".counters"))
                and name.startswith("vaguemestre.")}  # fmt: skip
    assert "vaguemestre.access.signin.values" in modules


def test_it_loads_while_the_supervisor_does_and_ends_with_it(
    environment: dict[str, str], place: Path
) -> None:
    (place / "starter.py").write_text(
        "import sys\n"
        "from vaguemestre.processes.supervisor.nursery.nursery_start import take_early\n"
        "begun = take_early()\n"
        "print(begun.process.pid, __name__, *sys.argv[1:], take_early(), flush=True)\n"
        "sys.stdin.read()\n",
        encoding="utf-8",
    )
    module = "vaguemestre.processes.supervisor.nursery"
    with subprocess.Popen(
        [sys.executable, "-m", module, "starter", "up", "--home"], env=environment,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as supervisor:  # fmt: skip
        assert supervisor.stdout
        number, *words = supervisor.stdout.readline().split()
        assert words == ["__main__", "up", "--home", "None"]
        supervisor.kill()
    _, status = os.waitpid(int(number), 0)  # adopted by us
    assert os.waitstatus_to_exitcode(status) == -signal.SIGTERM
