"""What single sign-on costs at the server: entering applications without a page, the session being there.

PYTHONPATH=src .venv/bin/python bench/sso.py --home HOME [--rounds 300]

HOME: an instance that runs, with the demonstration's people. Three applications are registered meanwhile.
"""

import argparse
import base64
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import quote, urlencode, urlsplit
from zlib import compressobj

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]

from bench.web import Answer, Browser  # noqa: E402

BACK = "https://mesure.example/retour"
ENTITY = "https://mesure.example/saml"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(b"v" * 43).digest()).rstrip(b"=").decode()
DECLARED = f"""
[[application]]
client_id = "mesure-oidc"
name = "Mesure"
protocol = "oidc"
addresses = ["{BACK}"]
released = ["name", "email"]
public = true

[[application]]
client_id = "mesure-cas"
name = "Mesure"
protocol = "cas"
addresses = ["https://mesure.example/cas"]
released = ["name", "email"]

[[application]]
client_id = "mesure-saml"
name = "Mesure"
protocol = "saml"
metadata_file = "sp.xml"
released = ["uid", "mail"]
"""
METADATA = f"""<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{ENTITY}">
<SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<AssertionConsumerService index="0" isDefault="true"
  Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{BACK}"/>
</SPSSODescriptor></EntityDescriptor>"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=300)
    given = parser.parse_args()
    ready = json.loads((given.home / "run" / "ready.json").read_text())
    teacher = next(one for one in ready["accounts"] if one["role"] == "teacher")
    web = urlsplit(ready["web"])
    browser = Browser("127.0.0.1", web.port or 80)
    browser.sign_in(teacher["username"], teacher["password"])
    query = {
        "client_id": "mesure-oidc", "redirect_uri": BACK, "response_type": "code", "scope": "openid profile",
        "prompt": "none", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    }  # fmt: skip
    with registered(given.home):
        measure(
            "OpenID Connect, prompt=none", lambda: browser.get(f"/oidc/authorize?{urlencode(query)}"), given
        )
        cas = f"/cas/login?service={quote('https://mesure.example/cas', safe='')}"
        measure("CAS, a ticket", lambda: browser.get(cas), given)
        measure(
            "SAML, a signed answer", lambda: browser.get(f"/saml/sso?{saml_request(ready['web'])}"), given
        )
    measure("home page", lambda: browser.get("/"), given)


def measure(name: str, act: Callable[[], Answer], given: argparse.Namespace) -> None:
    """Median and 95th percentile, in milliseconds, of whole requests on a kept connection."""
    times = []
    for _ in range(given.rounds):
        start = time.perf_counter()
        answer = act()
        times.append((time.perf_counter() - start) * 1000)
        assert answer.status in (200, 302), answer.status
        assert b"error=" not in answer.head.encode(), answer.head
    print(f"{name:32} {median(times):6.1f} ms   p95 {quantiles(times, n=20)[18]:6.1f} ms")


def saml_request(web: str) -> str:
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    text = (
        '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" '
        f'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_{time.perf_counter_ns()}" Version="2.0" '
        f'IssueInstant="{now}" Destination="{web}/saml/sso"><saml:Issuer>{ENTITY}</saml:Issuer>'
        "</samlp:AuthnRequest>"
    )
    packer = compressobj(9, wbits=-15)
    packed = packer.compress(text.encode()) + packer.flush()
    return urlencode({"SAMLRequest": base64.b64encode(packed).decode()})


@contextmanager
def registered(home: Path) -> Iterator[None]:
    folder = home / "data"
    (folder / "sp.xml").write_text(METADATA)
    (folder / "mesure.toml").write_text(DECLARED)
    cli = [str(PROJECT / "bin" / "vaguemestre"), "--home", str(home)]
    subprocess.run([*cli, "sso", "apply", str(folder / "mesure.toml")], check=True, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        for client_id in ("mesure-oidc", "mesure-cas", "mesure-saml"):
            subprocess.run([*cli, "application", "remove", client_id], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
