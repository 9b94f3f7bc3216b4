"""The cookies of an instance behind TLS: this host's alone, never in clear, out of the reach of scripts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ASK = """
import json
from django.conf import settings as s
print(json.dumps({
    s.SESSION_COOKIE_NAME: [s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE],
    s.CSRF_COOKIE_NAME: [s.CSRF_COOKIE_SECURE, s.CSRF_COOKIE_HTTPONLY, s.CSRF_COOKIE_SAMESITE],
    "known": s.KNOWN_BROWSER_COOKIE_NAME,
    "elsewhere": [s.SESSION_COOKIE_DOMAIN, s.CSRF_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH, s.CSRF_COOKIE_PATH],
}))
"""


def cookies(home: Path) -> dict[str, object]:
    told = subprocess.run(
        [sys.executable, "-c", ASK],
        env={**os.environ, "VAGUEMESTRE_HOME": str(home), "PYTHONPATH": "src"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return json.loads(told)


@pytest.mark.heavy
@pytest.mark.parametrize("behind_tls", [True, False])
def test_cookies_are_of_this_host_alone(tmp_path: Path, behind_tls: bool) -> None:
    """On a machine's own loopback, without TLS, the port in the name keeps two instances apart."""
    if behind_tls:
        (tmp_path / "vaguemestre.toml").write_text(
            '[web]\nbehind_tls = true\npublic_url = "https://messagerie.ac-amiens.test"\n'
        )
    found = cookies(tmp_path)
    assert found.pop("elsewhere") == [None, None, "/", "/"]
    prefix, suffix = ("__Host-", "") if behind_tls else ("", "_8000")
    assert found.pop("known") == f"{prefix}navigateur{suffix}"
    assert found == {
        f"{prefix}vaguemestre{suffix}": [behind_tls, True, "Lax"],
        f"{prefix}csrf{suffix}": [behind_tls, False, "Lax"],  # htmx sends it as a header
    }
