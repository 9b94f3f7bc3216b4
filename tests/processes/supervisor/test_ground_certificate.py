"""A start does not depend on the certificate that the world is shown."""

from pathlib import Path

import pytest

from vaguemestre.engines.tls import certificates
from vaguemestre.processes.supervisor.preparation import ground
from vaguemestre.site.config import Config
from vaguemestre.site.config.tls import TlsSection


def test_the_ground_is_made_with_a_given_certificate_that_is_gone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gone = TlsSection(certificate=str(tmp_path / "site.pem"), key=str(tmp_path / "site.key"))
    config = Config(home=tmp_path, tls=gone)
    ground.make_ground(config)
    shown = certificates.public_paths(config).certificate.read_bytes()
    assert shown == certificates.paths(config).certificate.read_bytes()
    assert gone.certificate in caplog.text
