"""A power cut gives back every commit and every file that was promised. Emulated, for a real one is needed.

`SIGKILL` to every process keeps what the kernel holds; here the kernel goes too.
"""

import logging
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.emulated.machine import Held, Kernel, Machine, debian_kernel

from vaguemestre.site.config import Config
from vaguemestre.site.database.databases import django_database

pytestmark = [
    pytest.mark.skipif(not os.environ.get("VAGUEMESTRE_LONG"), reason="bin/test --long"),
]
_LOG = logging.getLogger(__name__)
SEED = 20261128


@pytest.fixture(scope="session")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Kernel:
    return debian_kernel(tmp_path_factory.mktemp("kernel"))


def our_pragmas() -> str:
    """Those of an instance's connections to SQLite."""
    return str(django_database(Config(home=Path("/nowhere")))["OPTIONS"]["init_command"])


@pytest.mark.timeout(3600)
def test_without_waiting_for_the_disk_a_cut_loses_commits(tmp_path: Path, kernel: Kernel) -> None:
    """The proof of the harness: `synchronous=NORMAL` gives back an older state."""
    machine = Machine(tmp_path / "normal", kernel, our_pragmas().replace("=FULL", "=NORMAL"))
    lost = 0
    promised = 0
    for _ in range(4):
        held, last = machine.run(60)
        lost += max(0, promised - held.highest)
        assert held.verdict == "ok"
        promised = last
    _LOG.info("NORMAL: %d commits lost over three cuts", lost)
    assert lost


@pytest.mark.timeout(7200)
def test_what_was_promised_outlives_every_cut(
    tmp_path: Path, kernel: Kernel, how_many: Callable[[int, int], int]
) -> None:
    machine, drawn = Machine(tmp_path / "full", kernel, our_pragmas()), random.Random(SEED)
    promised, cuts = 0, how_many(12, 60)
    for cut in range(cuts + 1):
        held, last = machine.run(drawn.randint(1, 120))
        _LOG.info("after %d cuts: promised %d, held %s", cut, promised, held)
        assert promised <= held.highest <= promised + 1  # one may be committed and not yet said
        assert held == Held(held.highest, held.highest, held.highest, "ok")
        promised = last
