"""Homes with awkward names or behind closed folders, beside another instance; stopped, nothing is left."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engines import live
from tests.engines.live import LiveEngines, descendants, free_port_base, letter, wait_until

from vaguemestre.engines.home_alias import alias, needs_alias
from vaguemestre.site.config import Config

pytestmark = pytest.mark.engines


@pytest.fixture
def parent() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="vm-home-"))
    yield folder
    folder.rmdir()


@pytest.mark.parametrize(
    ("mode", "name"),
    [
        (0o755, "un dossier, ses espaces et ses années " + "x" * 110),
        (0o700, "ferme"),
        (0o700, "un dossier fermé " + "x" * 110),
    ],
    ids=["long", "closed", "both"],
)
def test_an_awkward_home_works_beside_another_and_leaves_nothing(
    engines: LiveEngines, parent: Path, mode: int, name: str
) -> None:
    parent.chmod(mode)
    home = parent / name
    home.mkdir()
    second = LiveEngines(Config(home=home, port_base=free_port_base()))
    assert needs_alias(second.config)
    try:
        second.start()
        marie = second.someone()
        second.arrive(marie.address, letter("a@b.example", marie.address, "au bout du chemin"))
        assert second.found(marie, "au bout du chemin")
        second.submit(
            marie, marie.address, "a@ailleurs.example", letter(marie.address, "a@a.example", "loin")
        )
        assert second.found(second.outside, "loin")
        assert second.doveadm.quota(marie.mailbox).used_bytes > 0
        assert marie.mailbox not in engines.directory.held()
        pids = [child.pid for child in second.children.values()]
    finally:
        second.stop()
    assert wait_until(lambda: not any(descendants(pid) for pid in pids))
    assert not alias(second.config).exists(follow_symlinks=False)
    live.remove(second)
