"""Two machines compare their keys by digests, which tell nothing of them."""

import shutil
from pathlib import Path

from vaguemestre.site import secrets


def test_digests_are_equal_when_keys_are_and_hold_none(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    secrets.make_missing(here)
    shutil.copytree(here, there)
    assert secrets.digests(here) == secrets.digests(there)
    keys = {path.read_text().strip() for path in here.iterdir()}
    assert not keys & set(secrets.digests(here).values())
    (there / "seal_key").write_text("another")
    assert {
        name for name in secrets.digests(here) if secrets.digests(here)[name] != secrets.digests(there)[name]
    } == {"seal_key"}


def test_a_renewed_key_is_known_by_what_it_was(tmp_path: Path) -> None:
    secrets.make_missing(tmp_path)
    before = secrets.digests(tmp_path)["numen_key"]
    secrets.rotate(tmp_path, "numen_key")
    assert secrets.digests(tmp_path)["numen_key"] != before
    assert before in secrets.former_digests(tmp_path)["numen_key"]
