"""Salles' pages."""

import secrets
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from salles.server import Arrival, NotBelieved, Server, ticket_gone

type Start = Callable[[str, list[tuple[str, str]]], object]
type Headers = list[tuple[str, str]]
type Answer = tuple[HTTPStatus, Headers, bytes]

_LOOK = {
    "tokens.css": "text/css",
    "base.css": "text/css",
    "parts.css": "text/css",
    "atkinson.woff2": "font/woff2",
    "icons.svg": "image/svg+xml",
    "favicon.svg": "image/svg+xml",
}
_MOST_POSTED = 20_000
_LONGEST = 8 * 3600
ROOMS = (
    ("Amphithéâtre Jules-Verne", "220 places", "libre ce matin"),
    ("Salle du conseil", "24 places, visioconférence", "réservée de 14 h à 16 h"),
    ("Atelier numérique", "16 postes", "libre toute la journée"),
    ("Salle Somme", "12 places", "réservée jusqu’à 11 h"),
)


class Salles:
    """The WSGI application."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._address, self._portal = environment["SALLES_ADDRESS"], environment["SALLES_PORTAL"]
        self._look = Path(environment["SALLES_LOOK"])
        self._server = Server(environment["SALLES_CAS"], f"{self._address}/entrer")
        self._cookie = f"salles_{urlsplit(self._address).port or 443}"
        self._secure = "; Secure" if self._address.startswith("https:") else ""
        folder = FileSystemLoader(Path(__file__).parent / "templates")
        self._pages = Environment(loader=folder, autoescape=True, undefined=StrictUndefined)
        self._lock = Lock()
        self._inside: dict[str, tuple[Arrival, float]] = {}
        self._doors: dict[tuple[str, str], Callable[[dict[str, Any]], Answer]] = {
            ("GET", "/"): self._home,
            ("GET", "/entrer"): self._enter,
            ("POST", "/entrer"): self._told_out,
            ("GET", "/sortir"): self._leave,
            ("GET", "/au-revoir"): self._goodbye,
            ("GET", "/sante"): self._alive,
        }

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        status, headers, body = self._answer(environ)
        policy = (
            "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; "
            f"frame-ancestors 'none'; form-action 'self' {self._portal}"
        )
        start(
            f"{status.value} {status.phrase}",
            [
                ("Cache-Control", "no-store"),
                ("Content-Security-Policy", policy),
                ("Referrer-Policy", "no-referrer"),  # a ticket stands in an address for a moment
                ("X-Content-Type-Options", "nosniff"),
                ("Content-Length", str(len(body))),
                *headers,
            ],
        )
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    def _answer(self, environ: dict[str, Any]) -> Answer:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "/")
        if method in {"GET", "HEAD"} and path.startswith("/look/"):
            return self._part(path.removeprefix("/look/"))
        door = self._doors.get(("GET" if method == "HEAD" else method, path))
        if door is None:
            return self._page("sorry.html", HTTPStatus.NOT_FOUND, words="Cette page n’existe pas.")
        try:
            return door(environ)
        except NotBelieved:
            words = "La connexion n’a pas abouti. Recommencez depuis vos applications."
            return self._page("sorry.html", HTTPStatus.FORBIDDEN, words=words)
        except OSError:
            words = "Le service de connexion de l’académie ne répond pas. Réessayez dans une minute."
            return self._page("sorry.html", HTTPStatus.SERVICE_UNAVAILABLE, words=words)

    def _home(self, environ: dict[str, Any]) -> Answer:
        arrival = self._who(environ)
        if arrival is None:
            return self._to(self._server.way_in())
        return self._page("home.html", told=arrival, rooms=ROOMS)

    def _enter(self, environ: dict[str, Any]) -> Answer:
        """Without a ticket, out to fetch one; with one, in."""
        ticket = dict(parse_qsl(environ.get("QUERY_STRING", ""))).get("ticket", "")
        if not ticket:
            return self._to(self._server.way_in())
        arrival = self._server.arrive(ticket)
        key = secrets.token_urlsafe(32)
        with self._lock:
            now = time.time()
            self._inside = {k: one for k, one in self._inside.items() if now - one[1] < _LONGEST}
            self._inside[key] = arrival, now
        return self._to(f"{self._address}/", self._set(key))

    def _leave(self, environ: dict[str, Any]) -> Answer:
        """Out of here, then to the académie's own page, which asks before it closes everything."""
        with self._lock:
            self._inside.pop(self._key(environ), None)
        return self._to(self._server.way_out(f"{self._address}/au-revoir"), self._set("", age=0))

    def _told_out(self, environ: dict[str, Any]) -> Answer:
        length = environ.get("CONTENT_LENGTH", "")
        size = min(int(length), _MOST_POSTED) if length.isdigit() else 0
        posted = dict(parse_qsl(environ["wsgi.input"].read(size).decode("utf-8", "replace")))
        gone = ticket_gone(posted.get("logoutRequest", ""))
        with self._lock:
            self._inside = {k: one for k, one in self._inside.items() if one[0].ticket != gone}
        return HTTPStatus.OK, [("Content-Type", "text/plain")], b""

    def _goodbye(self, environ: dict[str, Any]) -> Answer:
        return self._page("goodbye.html")

    def _alive(self, environ: dict[str, Any]) -> Answer:
        return HTTPStatus.OK, [("Content-Type", "text/plain")], b"ok"

    def _who(self, environ: dict[str, Any]) -> Arrival | None:
        with self._lock:
            found = self._inside.get(self._key(environ))
        return found[0] if found and time.time() - found[1] < _LONGEST else None

    def _key(self, environ: dict[str, Any]) -> str:
        try:
            kept = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(self._cookie)
        except CookieError:
            return ""
        return kept.value if kept else ""

    def _part(self, name: str) -> Answer:
        if name not in _LOOK:
            return HTTPStatus.NOT_FOUND, [("Content-Type", "text/plain")], b""
        return HTTPStatus.OK, [("Content-Type", _LOOK[name])], (self._look / name).read_bytes()

    def _page(self, name: str, status: HTTPStatus = HTTPStatus.OK, **shown: object) -> Answer:
        text = self._pages.get_template(name).render(portal=self._portal, **shown)
        return status, [("Content-Type", "text/html; charset=utf-8")], text.encode()

    def _to(self, address: str, *cookies: tuple[str, str]) -> Answer:
        return HTTPStatus.SEE_OTHER, [("Location", address), *cookies], b""

    def _set(self, value: str, age: int | None = None) -> tuple[str, str]:
        ending = "" if age is None else f"; Max-Age={age}"
        return "Set-Cookie", f"{self._cookie}={value}; Path=/; HttpOnly; SameSite=Lax{self._secure}{ending}"
