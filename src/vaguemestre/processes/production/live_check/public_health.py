"""Asks an instance how it is, as its monitoring does: /sante/ through the front."""

import http.client
import json
import ssl
import time
from urllib.parse import urlsplit

from vaguemestre.processes.production.machine.commands import StepFailed
from vaguemestre.site.config import Config

_PATIENCE_SECONDS = 5.0
_WELL_WITHIN_SECONDS = 60.0
_LOOK_SECONDS = 0.5


def trouble_of(config: Config) -> str:
    """What is not well, in a few words; empty if all is."""
    context = ssl.create_default_context()
    context.check_hostname = False  # asked on this very machine, by its address
    context.verify_mode = ssl.CERT_NONE
    connection = http.client.HTTPSConnection(
        "127.0.0.1", config.ports.web, timeout=_PATIENCE_SECONDS, context=context
    )
    try:
        connection.request("GET", "/sante/", headers={"Host": urlsplit(config.public_url).netloc})
        answer = connection.getresponse()
        checks = json.loads(answer.read())["checks"]
    except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
        return f"/sante/ ne répond pas ({type(error).__name__})"
    finally:
        connection.close()
    return ", ".join(name for name, check in checks.items() if check["status"] == "down")


def wait_until_well(config: Config) -> None:
    """Return once all is well. Raises StepFailed after a minute, with what is not."""
    deadline = time.monotonic() + _WELL_WITHIN_SECONDS
    while trouble := trouble_of(config):
        if time.monotonic() > deadline:
            raise StepFailed(f"santé : {trouble}")
        time.sleep(_LOOK_SECONDS)
