"""Expressions that the filter compiled once, given to each new home of a run of the tests.

Compiling them takes twenty seconds of a processor. Their files are named by digests of what was compiled, so
that those of another version of the filter are never read.
"""

import shutil
from pathlib import Path

from tests.own_database import shared_folder

from vaguemestre.engines.rspamd import configuration, signer
from vaguemestre.site.config import Config


def give_compiled(config: Config) -> None:
    """Put what was compiled by others where the filter of that home looks for it, and its signer."""
    for place in _places(config):
        place.mkdir(parents=True, exist_ok=True)
        for file in _kept().glob("*.hs*"):
            shutil.copyfile(file, place / file.name)


def keep_compiled(config: Config) -> None:
    """Keep for others what the filter of that home compiled, or its signer, once it answers."""
    for file in (file for place in _places(config) for file in place.glob("*.hs*")):
        kept = _kept() / file.name
        if not kept.exists():
            part = kept.with_name(f"{config.home.name}-{file.name}.part")
            shutil.copyfile(file, part).replace(kept)


def _places(config: Config) -> tuple[Path, Path]:
    return configuration.folder(config) / "db", signer.folder(config) / "db"


def _kept() -> Path:
    folder = shared_folder() / "compiled-expressions"
    folder.mkdir(exist_ok=True)
    return folder
