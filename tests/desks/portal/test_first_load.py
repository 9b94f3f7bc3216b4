"""The first visit of the portal and of a settings page is light, as bytes on the wire."""

import gzip
import re
from pathlib import Path

import pytest
from django.test import Client
from tests.access.signin.people import PASSWORD, account

import vaguemestre
from vaguemestre.foundation.ui.bundles import BUNDLES, bundle

pytestmark = pytest.mark.django_db
ROOMS = Path(vaguemestre.__file__).parent
MAX_BYTES = 60_000
HEADERS = 400  # of each answer
FETCHED_LATER = 2 * 2_000  # the last unread messages, the picture of the tab


def content(name: str) -> bytes:
    if name in BUNDLES:
        return bundle(name, [content(part).decode() for part in BUNDLES[name]]).encode()
    (file,) = ROOMS.glob(f"*/{name.partition('/')[0]}/static/{name}")
    return file.read_bytes()


def compressed(data: bytes) -> int:
    return min(len(data), len(gzip.compress(data, 9)))  # as nginx finds it beside the file


@pytest.mark.parametrize(
    "address", ["/", "/parametres/", "/parametres/affichage", "/parametres/absence", "/parametres/identites"]
)
def test_the_first_visit_takes_sixty_thousand_bytes_at_most(client: Client, address: str) -> None:
    account()
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    html = re.sub(r'data-htmx="[^"]*"', "", gzip.decompress(answer.content).decode())  # loaded on use
    names = set(re.findall(r"/static/(?:[0-9a-f]{12}/)?([\w./-]+\.(?:css|js|svg|woff2))", html))
    for whole, bundled in BUNDLES.items():  # tests are served the parts
        if names.issuperset(bundled):
            names = names.difference(bundled) | {whole}
    assert {"ui/atkinson.woff2", "ui/ui.js", "ui/icons.svg"} <= names
    parts = {name: compressed(content(name)) + HEADERS for name in names | {"ui/zero.woff2"}}
    parts["page"] = len(answer.content) + HEADERS
    assert sum(parts.values()) + FETCHED_LATER <= MAX_BYTES, parts
