"""An instance alone in a network of its own, that knows the domain's names; and Thunderbird beside it."""

import base64
import json
import os
import secrets
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from tests.journeys.conftest import PROJECT, Instance, wait_until
from tests.own_database import give_database
from tests.own_filter import give_compiled

from vaguemestre.site.config import Config

BASE = 31000  # nobody else listens in that network
_DISPLAY = ":77"
_MARIONETTE = 2828
_NAMES = "ac-amiens.test autoconfig.ac-amiens.test mail.ac-amiens.test"
_ALONE = """set -e
ip link set lo up
mount --make-rprivate /
mount --bind "$1/hosts" /etc/hosts
mkdir -p /etc/thunderbird
mount --bind "$1/thunderbird" /etc/thunderbird
exec "$2" --home "$1/home" --port-base "$3" --no-install
"""
# HTTPS of the domain, as the académie's own front would answer it: the certificate is the instance's.
_FRONT = """
import asyncio, ssl, sys
async def pump(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
async def serve(reader, writer):
    there = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
    await asyncio.gather(pump(reader, there[1]), pump(there[0], writer), return_exceptions=True)
async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server = await asyncio.start_server(serve, "127.0.0.1", 443, ssl=context)
    await server.serve_forever()
asyncio.run(main())
"""
_FIND = """
function find(root) {
  const found = root.querySelector(arguments_[0]);
  if (found) return found;
  for (const one of root.querySelectorAll("*")) {
    const inside = one.shadowRoot && find(one.shadowRoot);
    if (inside) return inside;
  }
  return null;
}
const arguments_ = arguments;
const found = find(document);
if (!found || found.disabled) return null;
const box = found.getBoundingClientRect();
if (!box.width) return null;
return [window.mozInnerScreenX + box.x + box.width / 2, window.mozInnerScreenY + box.y + box.height / 2];
"""


class Alone:
    """The instance and what runs beside it in its network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.children: list[subprocess.Popen[bytes]] = []
        self.logs: list[BinaryIO] = []
        self.wire: socket.socket | None = None
        self.pid = 0

    def start(self) -> Instance:
        home = self.folder / "home"
        home.mkdir()
        give_database(home, migrated=True)
        give_compiled(Config(home=home))
        (self.folder / "hosts").write_text(f"127.0.0.1 localhost\n127.0.0.1 {_NAMES}\n")
        policies = self.folder / "thunderbird" / "policies"
        policies.mkdir(parents=True)
        told = {"Certificates": {"Install": [str(home / "engines/tls/ca.pem")]}, "DisableAppUpdate": True}
        (policies / "policies.json").write_text(json.dumps({"policies": told}))
        up = str(PROJECT / "bin" / "up")
        argv = ["unshare", "--net", "--mount", "sh", "-c", _ALONE, "sh", str(self.folder), up, str(BASE)]
        process = self._run(argv, inside=False)
        self.pid = process.pid
        file = home / "run" / "ready.json"
        wait_until(lambda: file.exists() or process.poll() is not None, 180)
        ready = json.loads(file.read_text())
        tls = home / "engines" / "tls"
        self._run(["python3", "-c", _FRONT, str(BASE), str(tls / "server.pem"), str(tls / "server.key")])
        return Instance(home, BASE, process, ready)

    def thunderbird(self) -> "Thunderbird":
        self._run(["Xvfb", _DISPLAY, "-screen", "0", "1280x900x24", "-nolisten", "tcp"])
        profile = self.folder / "profile"
        profile.mkdir()
        environment = {"DISPLAY": _DISPLAY, "HOME": str(self.folder), "LIBGL_ALWAYS_SOFTWARE": "1"}
        said = [f"{name}={value}" for name, value in environment.items()]
        program = ["thunderbird", "--no-remote", "--profile", str(profile), "--marionette"]
        self._run(["env", *said, *program, "--remote-allow-system-access"])
        self.wire = wait_until(lambda: self.connected(_MARIONETTE), 60)
        return Thunderbird(self, self.wire)

    def fetched(self, path: str) -> bytes:
        """What the pages answer, asked from inside."""
        argv = [*self._inside(), "curl", "-sS", "-f", f"http://localhost:{BASE}{path}"]
        return subprocess.run(argv, check=True, capture_output=True, timeout=60).stdout

    def said_by(self, *argv: str) -> str:
        """What a program prints that runs inside."""
        whole = [*self._inside(), *argv]
        return subprocess.run(whole, check=True, capture_output=True, text=True, timeout=60).stdout

    def press(self, *arguments: str) -> None:
        """The keyboard and the mouse of that display."""
        argv = [*self._inside(), "env", f"DISPLAY={_DISPLAY}", "xdotool", *arguments]
        subprocess.run(argv, check=True, capture_output=True, timeout=60)

    def connected(self, port: int) -> socket.socket | None:
        """A connection made inside that network: a socket stays where it was made."""
        made: list[socket.socket] = []

        def connect() -> None:
            with Path(f"/proc/{self.pid}/ns/net").open() as network:
                os.setns(network.fileno(), os.CLONE_NEWNET)
            try:
                made.append(socket.create_connection(("127.0.0.1", port), 10))
            except OSError:
                return

        thread = threading.Thread(target=connect)
        thread.start()
        thread.join()
        return made[0] if made else None

    def stop(self) -> None:
        if self.wire:
            self.wire.close()
        for child in reversed(self.children):
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGTERM)
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
        for log in self.logs:
            log.close()

    def _inside(self) -> list[str]:
        return ["nsenter", "-t", str(self.pid), "-n", "-m"]

    def _run(self, argv: list[str], *, inside: bool = True) -> "subprocess.Popen[bytes]":
        log = (self.folder / f"{len(self.children)}.log").open("wb")
        self.logs.append(log)
        whole = [*self._inside(), *argv] if inside else argv
        child = subprocess.Popen(whole, stdout=log, stderr=log, start_new_session=True)
        self.children.append(child)
        return child


class Thunderbird:
    """Its window, looked at through Marionette; typed and clicked on as a person does."""

    def __init__(self, alone: Alone, wire: socket.socket) -> None:
        self._alone, self._wire, self._buffer, self._number = alone, wire, b"", 0
        self._wire.settimeout(60)
        self._read()
        self._ask("WebDriver:NewSession", {})
        self._ask("Marionette:SetContext", {"value": "chrome"})

    def run(self, script: str, *arguments: object) -> Any:
        told = {"script": script, "args": list(arguments), "newSandbox": True, "sandbox": "system"}
        return self._ask("WebDriver:ExecuteScript", told)["value"]

    def click(self, selector: str) -> None:
        """Once it is there and may be used."""
        x, y = wait_until(lambda: self.run(_FIND, selector), 60)
        self._alone.press("mousemove", str(int(x)), str(int(y)), "click", "1")

    def type(self, selector: str, text: str) -> None:
        self.click(selector)
        self._alone.press("type", "--delay", "15", text)

    def install(self, module: bytes) -> None:
        """A module from a file, for good: Thunderbird asks for no signature."""
        told = {"addon": base64.b64encode(module).decode(), "temporary": False}
        self._ask("Addon:Install", told)

    def picture(self) -> bytes:
        return base64.b64decode(self._ask("WebDriver:TakeScreenshot", {"full": False})["value"])

    def _ask(self, name: str, told: dict[str, object]) -> Any:
        self._number += 1
        question = json.dumps([0, self._number, name, told]).encode()
        self._wire.sendall(str(len(question)).encode() + b":" + question)
        _, _, error, result = self._read()
        assert not error, error
        return result

    def _read(self) -> Any:
        while b":" not in self._buffer:
            self._buffer += self._wire.recv(65536)
        length, _, rest = self._buffer.partition(b":")
        while len(rest) < int(length):
            rest += self._wire.recv(65536)
        self._buffer = rest[int(length) :]
        return json.loads(rest[: int(length)])


@contextmanager
def alone(folder: Path) -> Iterator[tuple[Alone, Instance]]:
    place = folder / secrets.token_hex(4)
    place.mkdir(mode=0o755)
    made = Alone(place)
    try:
        yield made, made.start()
    finally:
        made.stop()
