"""A browser's requests without a browser: one connection each, over TLS that is verified, cookies kept."""

import http.client
import urllib.parse
from dataclasses import dataclass, field

from tests.machines.academy import SITE, Agent, Client


@dataclass
class Visitor:
    """`client`: the machine whose pages are asked for."""

    client: Client
    cookies: dict[str, str] = field(default_factory=dict)
    timeout: float | None = None  # seconds of waiting for each part of an answer

    def at(self, client: Client) -> "Visitor":
        """The same browser, led to another machine."""
        return Visitor(client, self.cookies, self.timeout)

    def ask(self, path: str, form: dict[str, str] | None = None, accept: str = "*/*") -> int:
        """The status of a page; of a form that is sent, if one is given. Raises OSError, HTTPException."""
        connection = http.client.HTTPSConnection(SITE)
        connection.sock = self.client.secure(443, SITE, "http/1.1")
        if self.timeout:
            connection.sock.settimeout(self.timeout)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers["Accept"] = accept
        body = None
        if form is not None:
            token = next(value for name, value in self.cookies.items() if "csrf" in name)
            body = urllib.parse.urlencode({**form, "csrfmiddlewaretoken": token})
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"https://{SITE}",
                "Referer": f"https://{SITE}/",
            }
        try:
            connection.request("GET" if form is None else "POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status

    def sign_in(self, agent: Agent) -> int:
        self.ask("/alogin")
        return self.ask("/alogin", {"username": agent.username, "secret": agent.secret})

    def reads_mail(self) -> bool:
        """Whether the inbox is shown; else the pages ask who comes."""
        return self.ask("/messagerie/") == 200
