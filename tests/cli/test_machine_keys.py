"""A machine with other keys than its installation's does not start, and its commands write nothing."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.instance.machine_keys import check_keys, refuse_other_keys
from vaguemestre.cli.main import main
from vaguemestre.engines.tls.certificate_authority import make_authority
from vaguemestre.engines.tls.certificates import authority_files
from vaguemestre.foundation.cluster.models import KeyDigest
from vaguemestre.site import secrets
from vaguemestre.site.config import Config
from vaguemestre.site.config.topology import MAIL_DUTIES, NodeSection, PodSection, Topology

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 6, 1, tzinfo=UTC)
PODS = Topology(
    nodes=(NodeSection("m1", "10.77.0.31", MAIL_DUTIES),), pods=(PodSection("amiens", "10.77.0.41", ("m1",)),)
)


def machine(home: Path, topology: Topology = PODS) -> Config:
    config = Config(home=home, topology=topology)
    secrets.make_missing(config.secrets_dir)
    certificate, key = authority_files(config)
    certificate.parent.mkdir(parents=True, exist_ok=True)
    make_authority(certificate, key, now=NOW)
    return config


def another(first: Config, home: Path, topology: Topology = PODS) -> Config:
    """A machine that was brought the first one's secrets, and made an authority of its own."""
    shutil.copytree(first.secrets_dir, home / first.secrets_dir.relative_to(first.home))
    return machine(home, topology)


def test_a_second_authority_of_pods_is_told_with_the_files_to_bring(tmp_path: Path) -> None:
    check_keys(first := machine(tmp_path / "first"))
    with pytest.raises(Failed) as told:
        check_keys(made_anew := another(first, tmp_path / "anew"))
    certificate, key = authority_files(made_anew)
    assert f"(« pods_authority ») : copiez {certificate} et {key} d’une machine" in str(told.value)
    shutil.copy(authority_files(first)[0], certificate)
    check_keys(made_anew)


def test_other_secrets_are_told_with_their_folder(tmp_path: Path) -> None:
    check_keys(first := machine(tmp_path / "first"))
    (other := another(first, tmp_path / "other")).secrets_dir.joinpath("seal_key").write_text("another")
    shutil.copy(authority_files(first)[0], authority_files(other)[0])
    with pytest.raises(Failed, match="« seal_key »") as told:
        check_keys(other)
    assert f"copiez {other.secrets_dir} d’une machine" in str(told.value)


def test_without_pods_each_machine_has_an_authority_of_its_own(tmp_path: Path) -> None:
    check_keys(first := machine(tmp_path / "first", Topology()))
    check_keys(another(first, tmp_path / "second", Topology()))


def test_keys_made_anew_because_they_were_lost_write_nothing(tmp_path: Path, settings: Any) -> None:
    check_keys(first := machine(tmp_path / "first", Topology()))
    settings.CONFIG = first
    refuse_other_keys()
    secrets.rotate(first.secrets_dir, "numen_key")
    refuse_other_keys()
    shutil.rmtree(first.secrets_dir)
    secrets.make_missing(first.secrets_dir)
    before = dict(KeyDigest.objects.values_list("name", "digest"))
    with pytest.raises(Failed, match="« numen_key »") as told:
        refuse_other_keys()
    assert told.value.code == 78
    assert dict(KeyDigest.objects.values_list("name", "digest")) == before


@pytest.mark.parametrize("words", [("numen", "issue", "nobody"), ("account", "show", "nobody")])
def test_a_command_with_other_keys_is_refused(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    umask = os.umask(0o022)
    try:
        assert main(words) != 78
        KeyDigest.objects.create(name="numen_key", digest="of another key")
        assert main(words) == 78
    finally:
        os.umask(umask)
    assert "ne sont pas celles de l’installation (« numen_key »)" in capsys.readouterr().err
