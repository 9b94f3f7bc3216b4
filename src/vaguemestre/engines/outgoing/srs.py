"""Sender Rewriting Scheme, by Debian's postsrsd: how it is started, and how it is asked (tcp_table(5))."""

import socket
import string
from urllib.parse import quote, unquote

from vaguemestre.engines.instance import Instance
from vaguemestre.engines.outgoing.outgoing_services import SENDER_REWRITER
from vaguemestre.foundation.kernel.errors import EngineDown

SECRET = "srs_key"  # noqa: S105 - its name among the secrets
_TIMEOUT_SECONDS = 3.0
_MAX_ANSWER_BYTES = 4096  # bytes (tcp_table(5))
_PLAIN = string.punctuation.replace("%", "")


def arguments(instance: Instance) -> tuple[str, ...]:
    """What postsrsd is told, but for its secret: our domain, and the two ports of the loopback."""
    ports = instance.ports
    return (
        str(SENDER_REWRITER), f"-d{instance.academy.domain}", "-4", "-l127.0.0.1",
        f"-f{ports.srs_forward}", f"-r{ports.srs_reverse}",
    )  # fmt: skip


class SenderRewriter:
    """Return paths of our domain for what is sent on. `port`: postsrsd's, for the way out."""

    def __init__(self, port: int, patience: float = _TIMEOUT_SECONDS) -> None:
        self._port, self._patience = port, patience

    def __call__(self, sender: str) -> str:
        """The address that stands for `sender` and to which its bounces come back. Raises EngineDown."""
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=self._patience) as peer:
                peer.sendall(f"get {quote(sender, safe=_PLAIN)}\n".encode("ascii"))
                with peer.makefile("rb") as answers:
                    answer = answers.readline(_MAX_ANSWER_BYTES).decode("ascii", "replace")
        except OSError as error:
            raise EngineDown(f"postsrsd: {error}") from error
        code, _, address = answer.strip().partition(" ")
        if code != "200" or not address:
            raise EngineDown(f"postsrsd répond {code or 'autre chose'}")
        return unquote(address)
