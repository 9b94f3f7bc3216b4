"""What an instance is ready without: installed while it serves, used once it is there, ended in time."""

import asyncio
import io
import re
from pathlib import Path

import pytest

from vaguemestre.processes.supervisor.preparation import additions
from vaguemestre.processes.supervisor.preparation.additions import Additions
from vaguemestre.processes.supervisor.rights import as_ourselves
from vaguemestre.processes.supervisor.screen import Screen
from vaguemestre.processes.supervisor.tree import Tree
from vaguemestre.site import static
from vaguemestre.site.config import PROJECT, Config, MailSection


class Spied(Additions):
    """Notes what it would start."""

    def __init__(self, home: Path, installer: str, monkeypatch: pytest.MonkeyPatch) -> None:
        script = home / "installer"
        script.write_text(f"#!/bin/bash\n{installer}\n", encoding="utf-8")
        script.chmod(0o755)
        monkeypatch.setattr(additions, "_INSTALLER", script)
        config = Config(home=home, mail=MailSection(file_search=True))
        self.screen = io.StringIO()
        tree = Tree(logs=home, launch=as_ourselves({}), say=lambda name, line: None, changed=lambda: None)
        super().__init__(config, {"PATH": "/usr/bin:/bin"}, tree, Screen(self.screen))
        self.acts: list[str] = []

    async def _start_filter(self, *, is_demonstration: bool) -> None:
        self.acts.append(f"filter, demonstration: {is_demonstration}")

    async def _renew_indexes(self) -> None:
        self.acts.append("indexes")


def test_a_package_is_used_as_soon_as_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installer = "echo Du temps passe.; echo installed rspamd; echo installed poppler-utils pst-utils"
    spied = Spied(tmp_path, installer, monkeypatch)
    asyncio.run(spied.install_packages(is_demonstration=True))
    assert spied.acts == ["filter, demonstration: True", "indexes"]
    assert "Du temps passe." in spied.screen.getvalue()
    assert "installed" not in spied.screen.getvalue()


def test_the_memory_of_the_filter_is_used_as_soon_as_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spied = Spied(tmp_path, "echo installed valkey-server", monkeypatch)
    asyncio.run(spied.install_packages(is_demonstration=False))
    assert spied.acts == ["filter, demonstration: False"]


def test_nothing_starts_when_no_package_came(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spied = Spied(tmp_path, "echo Le réseau ne répond pas.; exit 69", monkeypatch)
    asyncio.run(spied.install_packages(is_demonstration=False))
    assert spied.acts == []


def test_a_stop_lets_the_installer_end_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """dpkg, killed in the middle of a package, leaves it broken until the next start."""
    ended = tmp_path / "ended"
    installer = f'trap "sleep 0.3; touch {ended}; exit 75" TERM; echo begun; while :; do sleep 0.05; done'
    spied = Spied(tmp_path, installer, monkeypatch)

    async def interrupt() -> None:
        installing = asyncio.create_task(spied.install_packages(is_demonstration=False))
        async with asyncio.timeout(30):
            while "begun" not in spied.screen.getvalue():
                await asyncio.sleep(0.01)
            installing.cancel()
            await spied._tree.stop(spied.interrupt_installation(20))

    asyncio.run(interrupt())
    assert ended.exists()


def test_every_package_that_may_come_later_is_in_a_group_of_the_installer() -> None:
    text = (PROJECT / "bin" / "install-extras").read_text(encoding="utf-8")
    match = re.search(r"^groups=\((.*?)\)", text, re.MULTILINE | re.DOTALL)
    assert match
    grouped = re.findall(r"[a-z0-9-]+", match[1])
    lines = (PROJECT / "packages" / "debian-extras.txt").read_text(encoding="utf-8").splitlines()
    assert sorted(grouped) == sorted(line.split()[0] for line in lines if not line.startswith("#"))


def test_the_look_lent_to_the_neighbours_is_where_they_are_told() -> None:
    assert (static.SOURCE / additions.LOOK / "base.css").is_file()
