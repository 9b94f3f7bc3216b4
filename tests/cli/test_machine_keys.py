"""A machine with other keys than its installation's does not start."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.instance.machine_keys import check_keys
from vaguemestre.engines.tls.certificate_authority import make_authority
from vaguemestre.engines.tls.certificates import authority_files
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
