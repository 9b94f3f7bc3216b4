"""A browser's requests without a browser: one kept connection, bytes in and out."""

import re
import socket
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    status: int
    head: str
    body: bytes


class Browser:
    """Signs in once, then asks. Costs the client next to nothing, so that what is measured is the server."""

    def __init__(self, host: str, port: int, *, source: str = "", site: int = 0) -> None:
        """`source`: the loopback address it asks from; `site`: the port of the pages' own address."""
        self._host, self._port, self._source = host, port, source
        self._site = site or port
        self._cookies: dict[str, str] = {}
        self._socket: socket.socket | None = None

    def leave(self) -> None:
        """The window is closed: its session is forgotten, the browser stays known."""
        self._cookies = {name: one for name, one in self._cookies.items() if "vaguemestre" not in name}
        if self._socket:
            self._socket.close()
            self._socket = None

    def sign_in(self, username: str, password: str) -> None:
        self.get("/alogin")
        answer = self.post("/alogin", {"username": username, "secret": password})
        assert answer.status == 302, f"{username} : {answer.status}"

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask(self.request(path, **headers))

    def request(self, path: str, **headers: str) -> bytes:
        """The bytes of a GET, for asking it many times."""
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        return (
            f"GET {path} HTTP/1.1\r\nHost: localhost:{self._site}\r\nCookie: {self.cookie}\r\n{more}\r\n"
        ).encode()

    def post(self, path: str, form: Mapping[str, str], **headers: str) -> Answer:
        content = urllib.parse.urlencode(form).encode()
        token = next((value for name, value in self._cookies.items() if name.startswith("csrf")), "")
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        return self._ask(
            (
                f"POST {path} HTTP/1.1\r\nHost: localhost:{self._site}\r\nCookie: {self.cookie}\r\n"
                f"Origin: http://localhost:{self._site}\r\nX-CSRFToken: {token}\r\n{more}"
                "Content-Type: application/x-www-form-urlencoded\r\n"
                f"Content-Length: {len(content)}\r\n\r\n"
            ).encode()
            + content
        )

    def again(self, request: bytes) -> Answer:
        return self._ask(request)

    def _ask(self, request: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(
                (self._host, self._port),
                timeout=60,
                source_address=(self._source, 0) if self._source else None,
            )
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        data = self._more()
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        place = data.find(b"\r\nContent-Length: ", 0, end)  # as the front writes it
        length = int(data[place + 18 : data.find(b"\r\n", place + 18)]) if place >= 0 else 0
        total = end + 4 + length
        while len(data) < total:
            data += self._more()
        head = data[:end].decode("latin-1")
        if "\r\nset-cookie: " in head.lower():
            self._cookies |= dict(re.findall(r"(?i)\r\nset-cookie: *([^=;]+)=([^;\r\n]*)", head))
        if "\r\nconnection: close" in head.lower():
            self._socket.close()
            self._socket = None
        return Answer(int(head[9:12]), head, data[end + 4 : total])

    def _more(self) -> bytes:
        assert self._socket is not None
        chunk = self._socket.recv(262_144)
        assert chunk, "the web server hung up"
        return chunk
