"""Windows of Firefox and of WebKitGTK, driven by what Debian ships with them: Marionette, WebDriver (W3C)."""

import json
import os
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

from tests.engines.live import wait_until
from tests.own_network import free_port

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # WebDriver §12
MINI_BROWSER = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser"
PREFERENCES = """
user_pref("marionette.port", 0);
user_pref("intl.accept_languages", "fr-FR, fr");
user_pref("app.update.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("services.settings.server", "data:,");
"""


class DriverError(Exception):
    """What a driver refused, by its error code."""


class Driver(Protocol):
    def command(self, name: str, parameters: dict[str, Any]) -> Any:
        """Value of a WebDriver command, named as in Marionette."""
        ...


class Marionette:
    """Firefox's own protocol: JSON arrays, each after its length."""

    def __init__(self, port: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as made:
            self._stream = made.makefile("rwb")  # the connection ends with it
        self._number = 0
        self._read()  # its greeting

    def close(self) -> None:
        self._stream.close()

    def command(self, name: str, parameters: dict[str, Any]) -> Any:
        self._number += 1
        text = json.dumps([0, self._number, f"WebDriver:{name}", parameters]).encode()
        self._stream.write(b"%d:%s" % (len(text), text))
        self._stream.flush()
        _, _, error, value = self._read()
        if error:
            raise DriverError(error["error"], error["message"])
        return value.get("value", value) if isinstance(value, dict) else value

    def _read(self) -> Any:
        digits = b""
        while (char := self._stream.read(1)) != b":":
            if not char:
                raise DriverError("closed")
            digits += char
        return json.loads(self._stream.read(int(digits)))


_PATHS = {
    "Navigate": "url", "ExecuteScript": "execute/sync", "FindElement": "element", "SwitchToFrame": "frame",
    "ElementClick": "element/{id}/click", "ElementSendKeys": "element/{id}/value",
    "SetWindowRect": "window/rect",
}  # fmt: skip


class WebKit:
    """WebKitGTK's driver, over HTTP."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}/session"
        options = {"binary": MINI_BROWSER, "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        made = self._post(self._base, {"capabilities": wanted})
        self._base = f"{self._base}/{made['sessionId']}"

    def command(self, name: str, parameters: dict[str, Any]) -> Any:
        given = dict(parameters)
        if name == "DeleteAllCookies":
            return self._ask(f"{self._base}/cookie", None, "DELETE")
        if name == "SwitchToFrame":
            given = {"id": {ELEMENT: given["element"]} if given.get("element") else None}
        path = _PATHS[name].format(id=given.pop("id", "")) if "{id}" in _PATHS[name] else _PATHS[name]
        return self._post(f"{self._base}/{path}", given)

    def _post(self, address: str, fields: dict[str, Any]) -> Any:
        return self._ask(address, json.dumps(fields).encode(), "POST")

    def _ask(self, address: str, body: bytes | None, method: str) -> Any:
        headers = {"Content-Type": "application/json"}
        asked = urllib.request.Request(address, body, headers, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            refusal = json.load(error)["value"]
            raise DriverError(refusal["error"], refusal["message"]) from error


class Window:
    """A window of either; `css` names the first element that is there."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        driver.command("SetWindowRect", {"width": 1280, "height": 900})

    def open(self, url: str) -> None:
        self._driver.command("Navigate", {"url": url})

    def forget(self) -> None:
        """Nobody is signed in any more."""
        self._driver.command("DeleteAllCookies", {})

    def script(self, body: str, *arguments: Any) -> Any:
        return self._driver.command("ExecuteScript", {"script": body, "args": list(arguments)})

    def element(self, css: str) -> str:
        """Its reference, once it is there."""

        def look() -> str | None:
            try:
                found = self._driver.command("FindElement", {"using": "css selector", "value": css})
            except DriverError:
                return None
            return str(found[ELEMENT])

        return wait_until(look, 30)

    def click(self, css: str) -> None:
        """As a mouse does, once nothing is in the way."""

        def pressed() -> bool:
            try:
                self._driver.command("ElementClick", {"id": self.element(css)})
            except DriverError:
                return False
            return True

        wait_until(pressed, 30)

    def type(self, css: str, text: str) -> None:
        """As a keyboard does, once it takes the focus."""

        def typed() -> bool:
            try:
                self._driver.command("ElementSendKeys", {"id": self.element(css), "text": text})
            except DriverError:
                return False
            return True

        wait_until(typed, 30)

    def enter(self, css: str) -> None:
        """Into a frame."""
        self._driver.command("SwitchToFrame", {"element": self.element(css)})

    def leave(self) -> None:
        """Back to the page."""
        self._driver.command("SwitchToFrame", {"element": None})

    def says(self, css: str, words: str, seconds: float = 120) -> None:
        """Waits until an element of that kind has these words."""
        look = """return [...document.querySelectorAll(arguments[0])]
            .some((part) => part.innerText.includes(arguments[1]))"""

        def said() -> bool:
            try:
                return bool(self.script(look, css, words))
            except DriverError:
                return False

        wait_until(said, seconds)


@contextmanager
def firefox() -> Iterator[Window]:
    """A window of Debian's Firefox, without a screen."""
    with tempfile.TemporaryDirectory() as profile, ExitStack() as ends:
        Path(profile, "user.js").write_text(PREFERENCES)
        command = ["firefox-esr", "--headless", "--marionette", "--no-remote", "--profile", profile]
        _start(ends, command, {"HOME": profile, "MOZ_DISABLE_AUTO_SAFE_MODE": "1"})
        told = Path(profile, "MarionetteActivePort")
        port = wait_until(lambda: told.exists() and told.read_text() and int(told.read_text()), 60)
        driver = Marionette(port)
        ends.callback(driver.close)
        driver.command("NewSession", {})
        yield Window(driver)


@contextmanager
def webkit() -> Iterator[Window]:
    """A window of WebKitGTK, on a screen that nobody sees."""
    # What WebKit leaves behind may still write of what it drew.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home, ExitStack() as ends:
        reading, writing = os.pipe()
        screen = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
        _start(ends, screen, {}, keep=writing)
        os.close(writing)
        with os.fdopen(reading) as told:
            display = f":{told.readline().strip()}"
        port = free_port()
        own = {
            "HOME": home, "DISPLAY": display, "LANG": "C.UTF-8", "GDK_BACKEND": "x11",
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1", "LIBGL_ALWAYS_SOFTWARE": "1",
        }  # fmt: skip
        _start(ends, ["WebKitWebDriver", f"--port={port}"], own)
        wait_until(lambda: _answers(port), 30)
        yield Window(WebKit(port))


def _start(ends: ExitStack, command: list[str], own: dict[str, str], keep: int | None = None) -> None:
    process = subprocess.Popen(
        command,
        env={**os.environ, **own},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=() if keep is None else (keep,),
        start_new_session=True,
    )
    ends.callback(process.wait, 30)
    ends.callback(process.terminate)


def _answers(port: int) -> bool:
    with socket.socket() as made:
        return made.connect_ex(("127.0.0.1", port)) == 0
