"""The front on a real nginx, in front of pools that tell what reached them."""

import http.client
import json
import resource
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.engines.frozen import standing_still
from tests.engines.nginx.front import Front, Pool, running

from vaguemestre.engines.nginx import configuration as nginx
from vaguemestre.site.config import Config, WebSection
from vaguemestre.site.monitoring import health

pytestmark = [pytest.mark.engines, pytest.mark.no_database]


def test_who_holds_a_session_has_the_pages_and_anybody_else_the_door(front: Front) -> None:
    cookie = f"a=b; vaguemestre_{front.config.ports.web}=abc"
    assert front.ask("/messagerie/", Cookie=cookie)[1]["pool"] == "web"
    assert front.ask("/messagerie/")[1]["pool"] == "door"
    assert front.ask("/messagerie/", Cookie="vaguemestre_1=abc")[1]["pool"] == "door"
    assert front.ask("/messagerie/", Cookie=f"xvaguemestre_{front.config.ports.web}=a")[1]["pool"] == "door"


@pytest.mark.parametrize(
    "path",
    [
        "/alogin",
        "/%61login",
        "/alogin/code",
        "/assistant/",
        "/boites/3/alogin",
        "/numen/demande",
        "/compte/pas-moi/x",
        "/ent/retour",
        "/parametres/securite/cle",
        "/parametres/securite/cle/options",
        "/boites/3/parametres/securite/cle",
    ],
)
def test_what_hashes_is_asked_at_the_door_whatever_cookie_comes(front: Front, path: str) -> None:
    cookie = f"vaguemestre_{front.config.ports.web}=abc"
    status, said = front.ask(path, method="POST", body=b"x=1", Cookie=cookie)
    assert (status, said["pool"], said["path"]) == (200, "door", path)


@pytest.mark.parametrize("box", ["", "/boites/3"])
@pytest.mark.parametrize(
    ("path", "pool"),
    [
        ("INBOX/1/2/corps/?mot=x", "reading"),
        ("INBOX/1/2/dedans/3-4/corps/", "reading"),
        ("INBOX/1/2/apercu/2/", "reading"),
        ("INBOX/1/2/dedans/3/apercu/2.1/pdf/", "reading"),
        ("INBOX/1/2/carte/vcard/2/", "reading"),
        ("INBOX/1/2/imprimer/", "reading"),
        ("INBOX/1/2/source/", "reading"),
        ("INBOX/1/2/pieces.zip", "reading"),
        ("INBOX/1/2/pieces/2.1/", "reading"),
        ("INBOX/1/2/message.eml", "reading"),
        ("INBOX/1/2/dedans/3/", "reading"),
        ("pieces/", "web"),
        ("ecrire/0a1b/pieces/3/suite/", "web"),
        ("INBOX/1/2/", "web"),
        ("corps/", "web"),
        ("corps/lignes/", "web"),
        ("INBOX/lignes/", "web"),
    ],
)
def test_what_one_letter_costs_holds_no_thread_of_lists(front: Front, box: str, path: str, pool: str) -> None:
    cookie = f"vaguemestre_{front.config.ports.web}=abc"
    assert front.ask(f"{box}/messagerie/{path}", Cookie=cookie)[1]["pool"] == pool
    assert front.ask(f"{box}/messagerie/{path}")[1]["pool"] == "door"


@pytest.mark.parametrize("name", ["apple.mobileconfig", "messagerie.xpi"])
def test_what_is_signed_for_anybody_is_asked_of_those_who_have_the_key(front: Front, name: str) -> None:
    assert front.ask(f"/appareils/{name}")[1]["pool"] == "web"


def test_texts_are_read_by_the_pages_until_their_own_pool_is_there(front: Front) -> None:
    cookie = f"vaguemestre_{front.config.ports.web}=abc"
    reading = front.pools["reading"]
    Path(str(reading.server_address)).unlink()
    reading.die()
    try:
        assert front.ask("/messagerie/INBOX/1/2/corps/", Cookie=cookie)[1]["pool"] == "web"
    finally:
        front.pools["reading"] = Pool(nginx.sockets(front.config), "reading")
    assert front.ask("/messagerie/INBOX/1/2/corps/", Cookie=cookie)[1]["pool"] == "reading"


def test_lent_files_are_asked_at_the_door_under_any_spelling_of_their_host(front: Front) -> None:
    port = front.config.ports.web
    cookie = f"vaguemestre_{port}=abc"
    for host in (f"fichiers.localhost:{port}", "FICHIERS.localhost", f"fichiers.localhost.:{port}"):
        said = front.ask("/x/", Host=host, Cookie=cookie)[1]
        assert said["pool"] == "door"
        assert said["headers"]["host"].startswith("fichiers.localhost")


def test_what_a_client_says_of_itself_does_not_pass(front: Front) -> None:
    claims: dict[str, Any] = {
        "X_Forwarded_For": "203.0.113.9", "X_Real_IP": "203.0.113.9", "Forwarded": "for=203.0.113.9",
        "X_Forwarded_Host": "mechant.example", "X_Forwarded_Proto": "https", "X_Script_Name": "/x",
        "Remote_User": "principal", "X_Remote_User": "principal", "Proxy": "http://mechant.example",
    }  # fmt: skip
    headers = front.ask("/", **claims)[1]["headers"]
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "http"
    assert not {"203.0.113.9", "mechant.example", "principal", "/x"} & set(headers.values())
    assert not {"remote-user", "x-remote-user", "forwarded", "x-real-ip", "proxy"} & set(headers)


def test_only_named_proxies_say_whose_request_it_is() -> None:
    secure = WebSection(public_url="https://mail.ac-amiens.test", behind_tls=True)
    with running(secure) as ours:
        headers = ours.ask("/", X_Forwarded_For="198.51.100.1, 203.0.113.9")[1]["headers"]
        assert headers["x-forwarded-for"] == "203.0.113.9"
        assert headers["x-forwarded-proto"] == "https"
        assert ours.ask("/", Cookie="__Host-vaguemestre=abc")[1]["pool"] == "web"
    with running(replace(secure, proxies=("192.0.2.0/24",))) as theirs:
        headers = theirs.ask("/", X_Forwarded_For="203.0.113.9")[1]["headers"]
        assert headers["x-forwarded-for"] == "127.0.0.1"


def test_a_body_reaches_a_pool_whole_or_not_at_all(front: Front) -> None:
    door = front.pools["door"]
    begun = door.begun
    connection = http.client.HTTPConnection("127.0.0.1", front.config.ports.web, timeout=30)
    connection.putrequest("POST", "/numen/demande")
    connection.putheader("Content-Length", "200000")
    connection.endheaders(b"a" * 100_000)
    assert front.ask("/", Cookie=f"vaguemestre_{front.config.ports.web}=abc")[1]["pool"] == "web"
    assert door.begun == begun
    connection.send(b"a" * 100_000)
    assert json.loads(connection.getresponse().read())["length"] == 200_000
    connection.close()


def test_a_body_of_unstated_length_gets_one(front: Front) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front.config.ports.web, timeout=30)
    connection.request("POST", "/alogin", iter([b"a" * 9, b"b"]))  # chunked
    said = json.loads(connection.getresponse().read())
    connection.close()
    assert said["length"] == 10
    assert "transfer-encoding" not in said["headers"]


def test_files_are_handed_over_with_ranges_and_nobody_takes_them_alone(front: Front) -> None:
    (front.config.deposits_dir / "jeton").write_bytes(bytes(range(200)))
    host = f"fichiers.localhost:{front.config.ports.web}"
    assert front.ask("/.front/deposits/jeton", Host=host)[0] == 404
    connection = http.client.HTTPConnection("127.0.0.1", front.config.ports.web, timeout=30)
    connection.request("GET", "/donne/deposits/jeton", headers={"Host": host, "Range": "bytes=150-"})
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (206, bytes(range(150, 200)))
    assert answer.headers["Content-Disposition"] == "attachment; filename=a.bin"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    connection.close()
    assert front.ask("/donne/deposits/../moves/x", Host=host)[0] in (400, 404)


def test_mail_brought_in_is_read_only_from_somebody_signed_in(front: Front) -> None:
    cookie = f"vaguemestre_{front.config.ports.web}="
    path = "/parametres/courriers/fichier"
    assert front.ask(path, method="POST", body=b"x", Cookie=f"{cookie}forged")[0] == 303
    assert front.ask(path, method="POST", body=b"x", Cookie=f"{cookie}honest")[1]["length"] == 1
    large = bytes(33_000_000)
    assert front.ask(path, method="POST", body=large, Cookie=f"{cookie}honest")[1]["length"] == len(large)


def test_address_books_have_a_pool_of_their_own(front: Front) -> None:
    assert (
        front.ask("/dav/", port=front.config.ports.carddav, method="PUT", body=b"x")[1]["pool"] == "carddav"
    )


def test_a_pool_that_is_away_is_said_in_french(front: Front) -> None:
    door = front.pools["door"]
    path = Path(str(door.server_address))
    path.unlink()
    door.die()
    try:
        status, page = front.ask("/accueil")
        assert status == 503
        assert "Le service redémarre ou ne répond pas" in page
        status, notice = front.ask("/accueil", HX_Request="true")
        assert status == 503
        assert notice.startswith('<p class="notice warn" role="alert">')
    finally:
        front.pools["door"] = Pool(nginx.sockets(front.config), "door")


def test_a_stand_in_answers_while_a_pool_starts_again_and_only_then(front: Front) -> None:
    folder = nginx.sockets(front.config)
    stand_in = Pool(folder, "door", stands_in=True)
    try:
        assert front.ask("/accueil")[1]["pool"] == "door"
        Path(str(front.pools["door"].server_address)).unlink()
        front.pools["door"].die()
        for method in ("GET", "POST"):
            assert front.ask("/accueil", method=method, body=b"x=1")[1]["pool"] == "door, stand-in"
    finally:
        front.pools["door"] = Pool(folder, "door")
    Path(str(stand_in.server_address)).unlink()
    stand_in.die()
    for method in ("GET", "POST"):
        assert front.ask("/accueil", method=method, body=b"x=1")[1]["pool"] == "door"


def test_no_address_is_written_down(front: Front) -> None:
    front.ask("/assistant/activation/jeton-secret")
    front.log.flush()
    assert b"jeton-secret" not in Path(front.log.name).read_bytes()


@pytest.mark.parametrize(
    ("hard", "asked"), [(1_000, 1_000), (500_000, 32_768), (resource.RLIM_INFINITY, 32_768)]
)
def test_where_few_files_are_allowed_the_front_asks_for_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hard: int, asked: int
) -> None:
    """nginx cannot raise the hard limit of a container, and would complain at each start."""
    config = Config(home=tmp_path)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (hard, hard))
    nginx.prepare(config)
    written = (config.engines_dir / "nginx" / "nginx.conf").read_text(encoding="utf-8")
    assert f"worker_rlimit_nofile {asked};" in written


def test_a_start_complains_of_nothing(front: Front) -> None:
    front.log.flush()
    assert b"[alert]" not in Path(front.log.name).read_bytes()


@pytest.mark.django_db
def test_one_that_stands_still_is_named_and_pools_that_do_are_not_taken_for_it() -> None:
    with running(WebSection()) as front:
        for pool in front.pools.values():
            pool.die()
        assert health.checks(front.config)["front"].ok
        with standing_still(front.process.pid):
            assert not health.checks(front.config)["front"].ok
