"""A certificate given as files is shown to the world only if it can serve; what runs inside keeps its own."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from vaguemestre.engines.tls import certificates
from vaguemestre.engines.tls.given_certificate import given_fault, install_given
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.site.config import Config
from vaguemestre.site.config.academy import AcademySection
from vaguemestre.site.config.tls import TlsSection

NOW = dt.datetime.now(dt.UTC)


@pytest.fixture
def other(tmp_path: Path) -> certificates.Certificates:
    """Somebody else's certificate, which an académie may be given."""
    home = tmp_path / "other"
    home.mkdir()
    return certificates.make_missing(Config(home=home), now=NOW)


@pytest.fixture
def config(tmp_path: Path, other: certificates.Certificates) -> Config:
    home = tmp_path / "home"
    home.mkdir()
    return Config(home=home, tls=TlsSection(certificate=str(other.certificate), key=str(other.key)))


def test_without_one_the_world_is_shown_the_instance_own(tmp_path: Path) -> None:
    config = Config(home=tmp_path)
    assert certificates.public_paths(config).certificate == certificates.paths(config).certificate


def test_it_is_installed_once_and_again_only_when_it_changes(
    config: Config, other: certificates.Certificates
) -> None:
    public = certificates.public_paths(config)
    assert install_given(config, now=NOW)
    assert public.certificate.read_bytes() == other.certificate.read_bytes()
    assert public.key.stat().st_mode & 0o077 == 0
    assert not install_given(config, now=NOW)

    other.certificate.unlink()
    certificates.make_missing(Config(home=other.ca.parents[2]), now=NOW)
    assert install_given(config, now=NOW)
    assert public.certificate.read_bytes() == other.certificate.read_bytes()


def test_the_instance_keeps_its_own_inside(config: Config) -> None:
    certificates.make_missing(config, now=NOW)
    install_given(config, now=NOW)
    inside = certificates.paths(config)
    assert inside.certificate.read_bytes() != certificates.public_paths(config).certificate.read_bytes()


def test_the_key_of_another_is_refused_and_nothing_is_replaced(
    config: Config, other: certificates.Certificates
) -> None:
    install_given(config, now=NOW)
    before = certificates.public_paths(config).key.read_bytes()
    injector = certificates.injector_paths(Config(home=other.ca.parents[2]))
    other.key.write_bytes(injector.key.read_bytes())
    with pytest.raises(EngineRefused, match="la clé n’est pas celle du certificat"):
        install_given(config, now=NOW)
    assert certificates.public_paths(config).key.read_bytes() == before


@pytest.mark.parametrize("days", [-30, 400])
def test_one_out_of_date_is_refused(config: Config, days: int) -> None:
    with pytest.raises(EngineRefused, match="n’est pas valable aujourd’hui"):
        install_given(config, now=NOW + dt.timedelta(days=days))


def test_what_is_no_certificate_is_refused_by_its_name(
    config: Config, other: certificates.Certificates
) -> None:
    other.certificate.write_text("pas un certificat", encoding="utf-8")
    with pytest.raises(EngineRefused, match="PEM"):
        install_given(config, now=NOW)
    other.certificate.unlink()
    with pytest.raises(EngineRefused, match=str(other.certificate)):
        install_given(config, now=NOW)


@pytest.mark.parametrize(
    ("host", "is_covered"),
    [
        ("mail.ac-exemple.fr", True),
        ("fichiers.messagerie.ac-exemple.fr", False),
        ("ac-exemple.fr", True),
        ("mail.ac-autre.fr", False),
    ],
)
def test_a_star_stands_for_one_label(host: str, is_covered: bool) -> None:
    names = frozenset({"*.ac-exemple.fr", "ac-exemple.fr"})
    assert certificates.covers(names, host) is is_covered


def test_until_an_authority_gives_one_the_instance_own_stands_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: certificates.Certificates
) -> None:
    lineage = tmp_path / "live"
    monkeypatch.setattr(certificates, "_ACME_FOLDER", lineage)
    config = Config(home=tmp_path, tls=TlsSection(acme="standalone"))
    own, public = certificates.make_missing(config, now=NOW), certificates.public_paths(config)
    assert install_given(config, now=NOW)
    assert public.certificate.read_bytes() == own.certificate.read_bytes()

    lineage.mkdir()
    (lineage / "fullchain.pem").write_bytes(other.certificate.read_bytes())
    (lineage / "privkey.pem").write_bytes(other.key.read_bytes())
    assert install_given(config, now=NOW)
    assert public.certificate.read_bytes() == other.certificate.read_bytes()


@pytest.mark.parametrize("is_lineage_there", [True, False], ids=["not renewed", "restored elsewhere"])
def test_one_of_an_authority_that_has_ended_is_replaced_by_the_instance_own_and_said(
    is_lineage_there: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    other: certificates.Certificates,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nothing would start otherwise, port 80 included, by which a renewal proves the names."""
    lineage = tmp_path / "live"
    lineage.mkdir()
    monkeypatch.setattr(certificates, "_ACME_FOLDER", lineage)
    (lineage / "fullchain.pem").write_bytes(other.certificate.read_bytes())
    (lineage / "privkey.pem").write_bytes(other.key.read_bytes())
    config = Config(home=tmp_path, tls=TlsSection(acme="standalone"))
    install_given(config, now=NOW)
    if not is_lineage_there:
        (lineage / "fullchain.pem").unlink()
    after = NOW + dt.timedelta(days=400)
    own = certificates.make_missing(config, now=after)
    assert install_given(config, now=after)
    public = certificates.public_paths(config)
    assert public.certificate.read_bytes() == own.certificate.read_bytes()
    assert public.key.read_bytes() == own.key.read_bytes()
    assert "n’est pas valable aujourd’hui" in caplog.text


class Damage(NamedTuple):
    """What makes of a shown certificate one that cannot serve; whether its copy still can."""

    do: Callable[[certificates.Certificates], object]
    days: int = 0
    can_copy_serve: bool = True


@pytest.mark.parametrize(
    "damage",
    [
        Damage(lambda given: given.certificate.unlink()),
        Damage(lambda given: given.key.write_text("", encoding="utf-8")),
        Damage(lambda given: given.certificate, days=400, can_copy_serve=False),
    ],
    ids=["gone", "no key", "ended"],
)
def test_a_start_shows_what_it_can_in_place_of_one_that_cannot_serve_and_says_so(
    config: Config, other: certificates.Certificates, damage: Damage, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody would have mail otherwise, whatever they read it with."""
    install_given(config, now=NOW)
    public = certificates.public_paths(config)
    former, after = public.certificate.read_bytes(), NOW + dt.timedelta(days=damage.days)
    damage.do(other)
    own = certificates.make_missing(config, now=after)
    install_given(config, now=after, is_starting=True)
    expected = former if damage.can_copy_serve else own.certificate.read_bytes()
    assert public.certificate.read_bytes() == expected
    assert str(other.certificate) in caplog.text


def test_the_first_start_with_one_that_cannot_serve_shows_the_instance_own(
    config: Config, other: certificates.Certificates
) -> None:
    other.certificate.unlink()
    own = certificates.make_missing(config, now=NOW)
    assert install_given(config, now=NOW, is_starting=True)
    assert certificates.public_paths(config).certificate.read_bytes() == own.certificate.read_bytes()


def test_a_start_keeps_the_former_one_of_an_academy_whose_own_cannot_serve(
    config: Config, other: certificates.Certificates
) -> None:
    academy = AcademySection(
        code="09",
        name="Académie de Lille",
        domain="ac-lille.test",
        departments=("059",),
        certificate=str(other.certificate),
        key=str(other.key),
    )
    config = replace(config, further_academies=(academy,))
    certificates.make_missing(config, now=NOW)
    install_given(config, now=NOW)
    shown = certificates.academy_pair(config, academy).certificate
    former = shown.read_bytes()
    other.certificate.unlink()
    install_given(config, now=NOW, is_starting=True)
    assert shown.read_bytes() == former


def test_why_one_cannot_serve_is_said(config: Config, other: certificates.Certificates) -> None:
    assert given_fault(config, now=NOW) == ""
    other.certificate.unlink()
    assert str(other.certificate) in given_fault(config, now=NOW)
