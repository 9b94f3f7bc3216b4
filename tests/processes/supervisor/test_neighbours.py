"""A tree that stops ends what it started, and nobody else."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from vaguemestre.processes.supervisor.rights import as_ourselves
from vaguemestre.processes.supervisor.tree import Tree

pytestmark = pytest.mark.heavy

SLEEPER = [sys.executable, "-c", "import sys; sys.stdin.read()"]


def test_a_stopping_tree_leaves_the_other_children_of_its_host_alone(tmp_path: Path) -> None:
    with subprocess.Popen(SLEEPER, stdin=subprocess.PIPE, start_new_session=True) as neighbour:
        tree = None

        async def lived() -> None:
            nonlocal tree
            tree = Tree(
                logs=tmp_path, launch=as_ourselves({}), say=lambda name, line: None, changed=lambda: None
            )
            await tree.stop()

        asyncio.run(lived())
        assert neighbour.poll() is None
        neighbour.communicate()
        assert neighbour.returncode == 0
