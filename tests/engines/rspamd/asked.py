"""The filter's verdict on a message, asked of its controller."""

import email.policy
import http.client
import json
import subprocess
from email.message import EmailMessage
from typing import NamedTuple

from tests.engines.live import LiveEngines

from vaguemestre.engines.home_alias import filter_memory_socket


class Asked(NamedTuple):
    action: str
    score: float
    symbols: dict[str, float]


def ask(engines: LiveEngines, message: EmailMessage | bytes, **headers: str) -> Asked:
    """The verdict on what comes from another network. Raises OSError without a filter."""
    content = message if isinstance(message, bytes) else message.as_bytes(policy=email.policy.SMTP)
    key = (engines.config.secrets_dir / "filter_key").read_text().strip()
    given = {"IP": "192.0.2.7", "From": "jean@dehors.example", "Helo": "dehors.example", "Password": key}
    client = http.client.HTTPConnection("127.0.0.1", engines.config.ports.filter_controller, timeout=60)
    try:
        client.request("POST", "/checkv2", body=content, headers={**given, **headers})
        answer = json.loads(client.getresponse().read())
    finally:
        client.close()
    symbols = {name: one["score"] for name, one in answer["symbols"].items()}
    return Asked(answer["action"], answer["score"], symbols)


def learned(engines: LiveEngines) -> dict[str, int]:
    """How many messages of each kind the filter learned, as its memory has it."""
    argv = [
        "valkey-cli",
        "-s",
        str(filter_memory_socket(engines.config)),
        "HMGET",
        "RS",
        "learns_spam",
        "learns_ham",
    ]
    told = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split("\n")
    return {"spam": int(told[0] or 0), "ham": int(told[1] or 0)}
