"""The address books of this instance for telephones and mail programs: Radicale, in a process of its own."""

import logging
import os
from collections.abc import Callable, Iterable
from typing import Any

import django
from django.db import Error as DatabaseError
from django.utils.module_loading import import_string
from radicale import config, httputils
from radicale.app import Application

from vaguemestre.processes.carddav.limits import MAX_BODY_BYTES, AccountTurns, with_limits
from vaguemestre.processes.front import behind_front

MOUNTED = "/dav"
_ROOM = "vaguemestre.mailbox.contacts.carddav"  # it imports models: Django is set up first


log = logging.getLogger(__name__)
# What Radicale raises where it takes the shape of a question for granted
_ODD_QUESTION = (AssertionError, AttributeError, LookupError, TypeError, RuntimeError)


class _Books(Application):
    """Radicale, for which a question of no known shape is a bad request, and no failure of ours."""

    def do_PROPFIND(self, *question: Any) -> Any:  # noqa: N802 (Radicale's name)
        return _answered(super().do_PROPFIND, question)

    def do_REPORT(self, *question: Any) -> Any:  # noqa: N802 (Radicale's name)
        return _answered(super().do_REPORT, question)


def _answered(ask: Callable[..., Any], question: tuple[Any, ...]) -> Any:
    try:
        return ask(*question)
    except _ODD_QUESTION as error:
        if isinstance(error.__cause__, DatabaseError):  # Radicale says RuntimeError for these too
            raise
        log.warning("a question of no known shape", exc_info=True)
        return httputils.BAD_REQUEST


def make() -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """The WSGI application: `/dav/…` is Radicale's, `/sante` says that we live."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.site.settings")
    django.setup()
    radicale = with_limits(_Books(_configuration()), AccountTurns(), import_string(f"{_ROOM}.account_of"))

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/sante":
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"ok"]
        if path != MOUNTED and not path.startswith(f"{MOUNTED}/"):
            environ["wsgi.input"].read(MAX_BODY_BYTES)  # unread, it would cut the program off
            is_discovery = path in ("/", "/.well-known/carddav")  # where programs begin (RFC 6764)
            start_response(
                "301 Moved Permanently" if is_discovery else "404 Not Found",
                [("Location", f"{MOUNTED}/")] if is_discovery else [("Content-Type", "text/plain")],
            )
            return [b""]
        environ = {**environ, "SCRIPT_NAME": MOUNTED, "PATH_INFO": path[len(MOUNTED) :] or "/"}
        return radicale(environ, start_response)

    return answer


def _configuration() -> config.Configuration:
    configuration = config.load([])
    configuration.update(
        {
            "auth": {
                "type": import_string(f"{_ROOM}.Auth"),
                "realm": "Contacts",
                "delay": "0",  # a wait would hold a thread; these passwords are not to be guessed
                "lc_username": "True",
                "cache_logins": "False",
            },
            "rights": {
                "type": import_string(f"{_ROOM}.Rights"),
                "permit_delete_collection": "False",
                "permit_overwrite_collection": "False",
            },
            "storage": {"type": import_string(f"{_ROOM}.Storage")},
            "web": {"type": "none"},
            "server": {
                "max_content_length": str(MAX_BODY_BYTES),
                "max_resource_size": str(MAX_BODY_BYTES * 8 // 10),
            },
            "logging": {"level": "warning", "mask_passwords": "True"},
        },
        "vaguemestre",
        privileged=True,
    )
    logging.getLogger("radicale").setLevel(logging.WARNING)
    return configuration


application = behind_front(make())
