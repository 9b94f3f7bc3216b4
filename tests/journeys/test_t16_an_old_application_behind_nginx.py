"""An application that only believes a header, behind Debian's nginx set up as docs/header-mode.md says."""

import http.server
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.engines.live import is_free
from tests.journeys.conftest import PROJECT, Instance, wait_until
from tests.journeys.seen import sign_in

pytestmark = [pytest.mark.engines, pytest.mark.browser]

AROUND = """
daemon off;
user www-data;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
access_log off;
client_body_temp_path {folder}/1;
proxy_temp_path {folder}/2;
fastcgi_temp_path {folder}/3;
uwsgi_temp_path {folder}/4;
scgi_temp_path {folder}/5;
{server}
}}
"""


class Old(http.server.BaseHTTPRequestHandler):
    """It greets whoever the header names, and shows every header it got."""

    def do_GET(self) -> None:
        told = "\n".join(f"{name}: {value}" for name, value in self.headers.items())
        content = f"<!doctype html><title>Stock</title><pre>{self.path}\n{told}</pre>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture(scope="module")
def stock(instance: Instance) -> Iterator[str]:
    """The address of an old application, behind nginx."""
    port = next(port for port in range(instance.base + 24, instance.base + 40) if is_free(port))
    address = f"http://localhost:{port}/stock/"
    old = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Old)
    thread = threading.Thread(target=old.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    folder = Path(tempfile.mkdtemp(prefix="vm-nginx-"))
    (folder / "apps.toml").write_text(
        '[[application]]\nclient_id = "vieux-stock"\nname = "Stock"\nprotocol = "headers"\n'
        f'addresses = ["{address}"]\nreleased = ["name", "email", "uai"]\n'
    )
    instance.cli("sso", "apply", str(folder / "apps.toml"))
    server = re.findall(r"```nginx\n(.*?)```", (PROJECT / "docs" / "header-mode.md").read_text(), re.S)[0]
    server = server.replace("# …TLS…", f"listen 127.0.0.1:{port};")
    server = server.replace("127.0.0.1:8000", f"127.0.0.1:{instance.base}")
    server = server.replace("Host localhost:8000", f"Host localhost:{instance.base}")
    server = server.replace("127.0.0.1:9000", f"127.0.0.1:{old.server_port}")
    (folder / "conf").write_text(AROUND.format(folder=folder, server=server))
    process = subprocess.Popen(
        ["/usr/sbin/nginx", "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "conf")],
        start_new_session=True,
    )
    try:
        wait_until(lambda: not is_free(port), 60)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        old.shutdown()
        thread.join()
        old.server_close()
        shutil.rmtree(folder, ignore_errors=True)


def headers_on(page: Page) -> dict[str, str]:
    """What the old application was told."""
    lines = page.locator("pre").inner_text().splitlines()[1:]
    return dict(line.split(": ", 1) for line in lines if ": " in line)


def test_one_sign_in_opens_an_old_application_and_closes_it(
    instance: Instance, page: Page, stock: str
) -> None:
    teacher = instance.account("teacher")
    page.goto(f"{stock}fiche?n=3")
    assert "/alogin" in page.url
    sign_in(page, instance.web, teacher["username"], teacher["password"])
    page.set_extra_http_headers({"Remote-User": "aleclercq", "X-Vaguemestre-Uai": "0000000A"})
    page.goto(f"{stock}fiche?n=3")
    assert page.url == f"{stock}fiche?n=3"
    told = headers_on(page)
    assert told["Remote-User"] == teacher["username"]
    assert told["X-Vaguemestre-Email"] == teacher["address"]
    assert told["X-Vaguemestre-Uai"] != "0000000A"
    page.set_extra_http_headers({})
    page.goto(instance.web)
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/au-revoir?de=*")
    page.goto(f"{stock}fiche?n=3")
    assert "/alogin" in page.url


def test_a_suspended_person_is_out_at_the_next_request(instance: Instance, page: Page, stock: str) -> None:
    colleague = instance.account("colleague")
    sign_in(page, instance.web, colleague["username"], colleague["password"])
    page.goto(f"{stock}liste?n=3&ordre=nom%26date")
    assert page.url == f"{stock}liste?n=3&ordre=nom%26date"
    assert headers_on(page)["Remote-User"] == colleague["username"]
    instance.cli("account", "suspend", colleague["username"])
    try:
        page.goto(f"{stock}liste")
        assert "/alogin" in page.url
    finally:
        instance.cli("account", "resume", colleague["username"])
