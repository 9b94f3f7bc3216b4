"""WSGI wrapper behind nginx: client address and X-Accel-Redirect file answers."""

from collections.abc import Callable, Iterable
from typing import Any

type Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def behind_front(application: Application) -> Application:
    """The WSGI application, with the client's address as the front saw it.

    A pool listens on a socket that only the front may open; there, and nowhere else, its word is taken, and
    `ui.stored_files` may leave files to it.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not environ.get("REMOTE_ADDR"):  # a Unix socket
            environ["REMOTE_ADDR"] = environ.pop("HTTP_X_FORWARDED_FOR", "")
            environ["vaguemestre.front"] = True
        return application(environ, start_response)

    return answer
