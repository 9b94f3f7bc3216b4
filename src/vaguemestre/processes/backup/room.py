"""Free room, asked before a restoration writes: one that fills the disk stops mail for everybody."""

import shutil
from pathlib import Path

from vaguemestre.engines.backups.restic import Restic
from vaguemestre.foundation.kernel.text.sizes import in_words

_LEFT_FREE_BYTES = 1_000_000_000  # for the instance, which goes on serving meanwhile


class NoRoom(Exception):
    """The disk has too little room for that restoration. The message is one French sentence."""


def check_room(store: Restic, snapshot_id: str, target: Path, *, path: str = "", copies: int = 1) -> None:
    """Raise NoRoom unless what a snapshot holds below `path` fits on the disk of `target`, which exists.

    `copies`: how many times it is written there at once. Raises EngineDown, EngineRefused.
    """
    needed = copies * store.restored_bytes(snapshot_id, path) + _LEFT_FREE_BYTES
    free = shutil.disk_usage(target).free
    if needed > free:
        raise NoRoom(
            f"il faut {in_words(needed)} libres sur le disque de {target}, qui en a {in_words(free)} : rien "
            "n’a été restauré."
        )
