"""The mail agent of a pod, asked from another machine: by TLS, with the installation's password.

A request is the line of `engines.agent` with the password before the verb. Which process asked was judged on
its own machine, by the agent there that passes the request on.
"""

import hmac
import json
import logging
import socket
import socketserver
import ssl
from collections.abc import Mapping
from typing import Any

from vaguemestre.engines.agent import REQUEST_SECONDS, Conversation, Verb, answer_to, value_of
from vaguemestre.foundation.kernel.errors import EngineDown

_ROOT = 0  # whoever has the password may all
_FREEBIND = 15  # IP_FREEBIND (ip(7)): the address of a pod may come later
_CONNECT_SECONDS = 10.0
_PATIENCE_SECONDS = 300.0  # a large message is examined, in several folders

log = logging.getLogger("agent")


class PodAgent(socketserver.ThreadingTCPServer):
    """Answers at the address of the pod."""

    daemon_threads = True
    allow_reuse_address = True
    allow_reuse_port = True  # its stand-in listens before it ends
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], verbs: Mapping[str, Verb], tls: ssl.SSLContext, password: str
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.verbs, self.tls, self.password = verbs, tls, password.encode()
        super().__init__(address, _PodConversation)

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.IPPROTO_IP, _FREEBIND, 1)
        super().server_bind()

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.warning("a request of another machine came to nothing")


class _PodConversation(Conversation):
    server: PodAgent  # type: ignore[assignment]

    def setup(self) -> None:
        self.request.settimeout(REQUEST_SECONDS)
        self.request = self.server.tls.wrap_socket(self.request, server_side=True)

    def handle(self) -> None:
        line = self.read_line()
        try:
            password, *words = json.loads(line)
            is_ours = hmac.compare_digest(str(password).encode(), self.server.password)
        except (ValueError, TypeError):
            return
        if is_ours:
            answer = answer_to(self.server.verbs, json.dumps(words).encode(), _ROOT)
            self.request.sendall(json.dumps(answer).encode() + b"\n")
        else:
            log.warning("refused a request of another machine: not our password")

    def finish(self) -> None:
        self.request.close()  # the server knows the connection below it only


class PodAgents:
    """Asks them. `hosts`: address of each pod; `tls`: knows the installation's authority."""

    def __init__(self, hosts: Mapping[str, str], port: int, tls: ssl.SSLContext, password: str) -> None:
        self._hosts, self._port, self._tls, self._password = hosts, port, tls, password

    def ask(self, pod: str, verb: str, *arguments: str) -> Any:
        """The value of the answer of that pod's agent. Raises EngineDown, EngineRefused."""
        host = self._hosts[pod]
        try:
            with (
                socket.create_connection((host, self._port), _CONNECT_SECONDS) as plain,
                self._tls.wrap_socket(plain, server_hostname=host) as peer,
            ):
                peer.settimeout(_PATIENCE_SECONDS)
                peer.sendall(json.dumps([self._password, verb, *arguments]).encode() + b"\n")
                with peer.makefile("rb") as stream:
                    line = stream.readline()
        except OSError as error:
            raise EngineDown(f"agent de {pod}, {verb} : {error}") from error
        return value_of(verb, line)
