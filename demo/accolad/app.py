"""Accolad's pages."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from secrets import compare_digest
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from accolad.provider import NotBelieved, Provider
from accolad.sessions import Inside, Sessions

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
NEWS = (
    ("24/11/2026", "Mouvement 2027", "Le serveur des vœux ouvre le 11 janvier. Calendrier et fiches d’aide."),
    ("20/11/2026", "Plan académique de formation", "Les inscriptions du second semestre sont ouvertes."),
    (
        "17/11/2026",
        "Chauffage des établissements",
        "Consigne hivernale : 19 degrés, à partir du 1er décembre.",
    ),
    (
        "12/11/2026",
        "Élections aux conseils",
        "Résultats provisoires par département, à vérifier avant le 27.",
    ),
)
SERVICES = (
    ("mail", "Messagerie", "Lire et écrire ses courriels", "/messagerie/"),
    ("address-book", "Contacts", "Mes correspondants et mes groupes", "/contacts/"),
    ("layout-grid", "Mes applications", "Tout ce qu’ouvre mon compte", "/"),
)


class Accolad:
    """The WSGI application."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._address = environment["ACCOLAD_ADDRESS"]
        self._issuer = environment["ACCOLAD_ISSUER"]
        self._look = Path(environment["ACCOLAD_LOOK"])
        secret = Path(environment["ACCOLAD_SECRET_FILE"]).read_text(encoding="utf-8").strip()
        client_id = environment["ACCOLAD_CLIENT_ID"]
        self._provider = Provider(self._issuer, client_id, secret, f"{self._address}/retour")
        self._sessions = Sessions()
        port = urlsplit(self._address).port or 443
        self._cookie, self._way = f"accolad_{port}", f"accolad_chemin_{port}"
        self._secure = "; Secure" if self._address.startswith("https:") else ""
        folder = FileSystemLoader(Path(__file__).parent / "templates")
        self._pages = Environment(loader=folder, autoescape=True, undefined=StrictUndefined)
        self._doors: dict[tuple[str, str], Callable[[dict[str, Any]], Answer]] = {
            ("GET", "/"): self._home,
            ("GET", "/entrer"): self._enter,
            ("GET", "/retour"): self._back,
            ("POST", "/sortir"): self._leave,
            ("GET", "/au-revoir"): self._goodbye,
            ("POST", "/dehors"): self._told_out,
            ("GET", "/sante"): self._alive,
        }

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        status, headers, body = self._answer(environ)
        start(
            f"{status.value} {status.phrase}",
            [
                ("Cache-Control", "no-store"),
                ("Content-Security-Policy", self._policy()),
                ("Referrer-Policy", "same-origin"),
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
        inside = self._inside(environ)
        if inside is None:
            return self._to(f"{self._address}/entrer")
        return self._page(
            "home.html", told=inside.arrival.told, stamp=inside.stamp, news=NEWS, services=SERVICES
        )

    def _enter(self, environ: dict[str, Any]) -> Answer:
        departure = self._provider.depart()
        return self._to(departure.address, self._set(self._way, self._sessions.leave(departure)))

    def _back(self, environ: dict[str, Any]) -> Answer:
        departure = self._sessions.back(_cookies(environ).get(self._way, ""))
        if departure is None:
            return self._to(f"{self._address}/")
        came = dict(parse_qsl(environ.get("QUERY_STRING", "")))
        arrival = self._provider.arrive(departure, came)
        self._sessions.let_out(_cookies(environ).get(self._cookie, ""))
        key = self._sessions.let_in(arrival)
        return self._to(f"{self._address}/", self._set(self._cookie, key), self._set(self._way, "", age=0))

    def _leave(self, environ: dict[str, Any]) -> Answer:
        key, inside = _cookies(environ).get(self._cookie, ""), self._inside(environ)
        if inside is None:
            return self._to(f"{self._address}/au-revoir")
        if not compare_digest(_posted(environ).get("stamp", "").encode(), inside.stamp.encode()):
            return self._page("sorry.html", HTTPStatus.FORBIDDEN, words="Rechargez la page et recommencez.")
        self._sessions.let_out(key)
        out = self._provider.way_out(inside.arrival.id_token, f"{self._address}/au-revoir")
        return self._to(out, self._set(self._cookie, "", age=0))

    def _goodbye(self, environ: dict[str, Any]) -> Answer:
        return self._page("goodbye.html")

    def _told_out(self, environ: dict[str, Any]) -> Answer:
        try:
            sub, sid = self._provider.gone(_posted(environ).get("logout_token", ""))
        except NotBelieved:
            return HTTPStatus.BAD_REQUEST, [("Content-Type", "text/plain")], b""
        self._sessions.let_out_named(sub, sid)
        return HTTPStatus.OK, [("Content-Type", "text/plain")], b""

    def _alive(self, environ: dict[str, Any]) -> Answer:
        return HTTPStatus.OK, [("Content-Type", "text/plain")], b"ok"

    def _inside(self, environ: dict[str, Any]) -> Inside | None:
        return self._sessions.inside(_cookies(environ).get(self._cookie, ""))

    def _part(self, name: str) -> Answer:
        if name not in _LOOK:
            return HTTPStatus.NOT_FOUND, [("Content-Type", "text/plain")], b""
        return HTTPStatus.OK, [("Content-Type", _LOOK[name])], (self._look / name).read_bytes()

    def _page(self, name: str, status: HTTPStatus = HTTPStatus.OK, **shown: object) -> Answer:
        text = self._pages.get_template(name).render(portal=self._issuer, **shown)
        return status, [("Content-Type", "text/html; charset=utf-8")], text.encode()

    def _to(self, address: str, *cookies: tuple[str, str]) -> Answer:
        return HTTPStatus.SEE_OTHER, [("Location", address), *cookies], b""

    def _set(self, name: str, value: str, age: int | None = None) -> tuple[str, str]:
        ending = "" if age is None else f"; Max-Age={age}"
        return "Set-Cookie", f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{self._secure}{ending}"

    def _policy(self) -> str:
        return (
            "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; "
            f"frame-ancestors 'none'; form-action 'self' {self._issuer}"
        )


def _cookies(environ: dict[str, Any]) -> dict[str, str]:
    try:
        return {name: one.value for name, one in SimpleCookie(environ.get("HTTP_COOKIE", "")).items()}
    except CookieError:
        return {}


def _posted(environ: dict[str, Any]) -> dict[str, str]:
    length = environ.get("CONTENT_LENGTH", "")
    size = min(int(length), _MOST_POSTED) if length.isdigit() else 0
    return dict(parse_qsl(environ["wsgi.input"].read(size).decode("utf-8", "replace")))
