"""The pages of an outside application (WSGI). How one comes in and goes out is each application's own."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from secrets import compare_digest
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from outside.sessions import Inside, Sessions

type Asked = dict[str, Any]  # a WSGI environment
type Start = Callable[[str, list[tuple[str, str]]], object]
type Headers = list[tuple[str, str]]
type Answer = tuple[HTTPStatus, Headers, bytes]
type Door = Callable[[Asked], Answer]

_LOOK = {
    "tokens.css": "text/css",
    "base.css": "text/css",
    "parts.css": "text/css",
    "atkinson.woff2": "font/woff2",
    "icons.svg": "image/svg+xml",
    "favicon.svg": "image/svg+xml",
}
_MAX_POSTED = 20_000


class NotBelieved(Exception):
    """An answer of the académie's server that does not prove what it should."""


class Site[Arrival](ABC):
    """One application, named on its pages and in its cookie."""

    name: str
    purpose: str
    sign: str  # an icon
    referrer = "same-origin"

    def __init__(self, *, address: str, portal: str, look: str) -> None:
        """Where it answers, where the académie does, and the folder of the académie's look."""
        self.address, self.portal, self._look = address, portal, Path(look)
        self.sessions = Sessions[Arrival]()
        self._secure = "; Secure" if address.startswith("https:") else ""
        self._cookie = self.named_here("")
        folders = [Path(__file__).parents[1] / self.name.lower(), Path(__file__).parent]
        loader = FileSystemLoader([folder / "templates" for folder in folders])
        self._pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
        self._pages.globals |= {
            "name": self.name, "purpose": self.purpose, "sign": self.sign, "portal": portal,
        }  # fmt: skip
        self._doors: dict[tuple[str, str], Door] = {
            ("GET", "/"): self._home,
            ("GET", "/entrer"): self.enter,
            ("POST", "/sortir"): self._leave,
            ("GET", "/au-revoir"): lambda asked: self.page("goodbye.html"),
            ("GET", "/sante"): lambda asked: self.word("ok"),
            **self.doors(),
        }

    @abstractmethod
    def doors(self) -> dict[tuple[str, str], Door]:
        """Those of its protocol, by method and path."""

    @abstractmethod
    def enter(self, asked: Asked) -> Answer:
        """In, or out to the académie to fetch a proof. Raises NotBelieved, OSError."""

    @abstractmethod
    def home(self, inside: Inside[Arrival]) -> Answer:
        """What somebody inside sees."""

    @abstractmethod
    def way_out(self, arrival: Arrival) -> str:
        """Where at the académie a browser goes that just left here."""

    def __call__(self, environ: Asked, start: Start) -> Iterable[bytes]:
        status, headers, body = self._answer(environ)
        policy = (
            "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; "
            f"frame-ancestors 'none'; form-action 'self' {self.portal}"
        )
        start(
            f"{status.value} {status.phrase}",
            [
                ("Cache-Control", "no-store"),
                ("Content-Security-Policy", policy),
                ("Referrer-Policy", self.referrer),
                ("X-Content-Type-Options", "nosniff"),
                ("Content-Length", str(len(body))),
                *headers,
            ],
        )
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    def page(self, name: str, status: HTTPStatus = HTTPStatus.OK, **shown: object) -> Answer:
        text = self._pages.get_template(name).render(**shown)
        return status, [("Content-Type", "text/html; charset=utf-8")], text.encode()

    def word(self, text: str, status: HTTPStatus = HTTPStatus.OK) -> Answer:
        return status, [("Content-Type", "text/plain")], text.encode()

    def to(self, address: str, *cookies: tuple[str, str]) -> Answer:
        return HTTPStatus.SEE_OTHER, [("Location", address), *cookies], b""

    def let_in(self, arrival: Arrival, asked: Asked, *cookies: tuple[str, str]) -> Answer:
        """To the home page, with a new key: the one the browser had before opens nothing any more."""
        self.sessions.let_out(self._key(asked))
        key = self.sessions.let_in(arrival)
        return self.to(f"{self.address}/", self.cookie(self._cookie, key), *cookies)

    def named_here(self, kind: str) -> str:
        """The name of a cookie: all ports of a machine share them."""
        parts = [self.name.lower(), kind, str(urlsplit(self.address).port or 443)]
        return "_".join(part for part in parts if part)

    def cookie(self, name: str, value: str, age: int | None = None) -> tuple[str, str]:
        ending = "" if age is None else f"; Max-Age={age}"
        return "Set-Cookie", f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{self._secure}{ending}"

    def _answer(self, environ: Asked) -> Answer:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "/")
        if method in {"GET", "HEAD"} and path.startswith("/look/"):
            return self._part(path.removeprefix("/look/"))
        door = self._doors.get(("GET" if method == "HEAD" else method, path))
        if door is None:
            return self.page("sorry.html", HTTPStatus.NOT_FOUND, words="Cette page n’existe pas.")
        try:
            return door(environ)
        except NotBelieved:
            words = "La connexion n’a pas abouti. Recommencez depuis vos applications."
            return self.page("sorry.html", HTTPStatus.FORBIDDEN, words=words)
        except OSError:
            words = "Le service de connexion de l’académie ne répond pas. Réessayez dans une minute."
            return self.page("sorry.html", HTTPStatus.SERVICE_UNAVAILABLE, words=words)

    def _home(self, asked: Asked) -> Answer:
        inside = self.sessions.inside(self._key(asked))
        return self.home(inside) if inside else self.to(f"{self.address}/entrer")

    def _leave(self, asked: Asked) -> Answer:
        """Out of here, then of everything."""
        key = self._key(asked)
        inside = self.sessions.inside(key)
        if inside is None:
            return self.to(f"{self.address}/au-revoir")
        if not compare_digest(posted(asked).get("stamp", "").encode(), inside.stamp.encode()):
            return self.page("sorry.html", HTTPStatus.FORBIDDEN, words="Rechargez la page et recommencez.")
        self.sessions.let_out(key)
        return self.to(self.way_out(inside.arrival), self.cookie(self._cookie, "", age=0))

    def _key(self, asked: Asked) -> str:
        return cookies(asked).get(self._cookie, "")

    def _part(self, name: str) -> Answer:
        if name not in _LOOK:
            return self.word("", HTTPStatus.NOT_FOUND)
        return HTTPStatus.OK, [("Content-Type", _LOOK[name])], (self._look / name).read_bytes()


def cookies(asked: Asked) -> dict[str, str]:
    try:
        return {name: one.value for name, one in SimpleCookie(asked.get("HTTP_COOKIE", "")).items()}
    except CookieError:
        return {}


def queried(asked: Asked) -> dict[str, str]:
    return dict(parse_qsl(asked.get("QUERY_STRING", "")))


def posted(asked: Asked) -> dict[str, str]:
    length = asked.get("CONTENT_LENGTH", "")
    size = min(int(length), _MAX_POSTED) if length.isdigit() else 0
    return dict(parse_qsl(asked["wsgi.input"].read(size).decode("utf-8", "replace")))
