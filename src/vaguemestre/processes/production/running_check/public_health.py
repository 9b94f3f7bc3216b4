"""Asks an instance how it is, as its monitoring does: /sante/ through the front."""

import http.client
import json
import ssl
import time
from urllib.parse import urlsplit

from vaguemestre.foundation.kernel.text.os_errors import os_error_fr
from vaguemestre.processes.production.machine.commands import StepFailed
from vaguemestre.site.config import Config

_PATIENCE_SECONDS = 15.0  # silent parts are asked one after the other
_WELL_WITHIN_SECONDS = 60.0
_LOOK_SECONDS = 0.5


type Parts = dict[str, dict[str, str]]


class HealthUnknown(Exception):
    """/sante/ gives no answer that can be read."""


def trouble_of(config: Config) -> str:
    """What is not well, in a few words; empty if all is."""
    try:
        parts = parts_of(config)
    except HealthUnknown as unknown:
        return str(unknown)
    return ", ".join(name for name, check in parts.items() if check["status"] == "down")


def parts_of(config: Config) -> Parts:
    """Each part with its `status` and, when it is not well, a `detail`. Raises HealthUnknown."""
    context = ssl.create_default_context()
    context.check_hostname = False  # asked on this very machine, by its address
    context.verify_mode = ssl.CERT_NONE
    where, patience = ("127.0.0.1", config.ports.web), _PATIENCE_SECONDS
    if config.web.behind_tls:
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            *where, timeout=patience, context=context
        )
    else:
        connection = http.client.HTTPConnection(*where, timeout=patience)
    try:
        connection.request("GET", "/sante/", headers={"Host": urlsplit(config.public_url).netloc})
        answer = connection.getresponse()
        parts: Parts = json.loads(answer.read())["checks"]
    except OSError as error:
        raise HealthUnknown(f"/sante/ ne répond pas ({os_error_fr(error)})") from error
    except (http.client.HTTPException, ValueError, KeyError) as error:
        raise HealthUnknown(f"/sante/ ne répond pas ce qu’il doit ({type(error).__name__})") from error
    finally:
        connection.close()
    return parts


def wait_until_well(config: Config) -> None:
    """Return once all is well. Raises StepFailed after a minute, with what is not."""
    deadline = time.monotonic() + _WELL_WITHIN_SECONDS
    while trouble := trouble_of(config):
        if time.monotonic() > deadline:
            raise StepFailed(f"santé : {trouble}")
        time.sleep(_LOOK_SECONDS)
