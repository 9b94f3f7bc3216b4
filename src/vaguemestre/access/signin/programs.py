"""Mail programs at the door: Dovecot asks whether to look at a password at all, and tells how it went.

IMAP, submission and ManageSieve draw on the same budgets as the sign-in page (docs/security.md §3.19). A
question is a JSON object: `stage` (`ask`, `failed`, `entered`), `user` as typed, `network`, `protocol`, and
`secret`, the SHA-256 of what was given, in hexadecimal.
"""

import ipaddress
import json
from datetime import datetime

from vaguemestre.access.signin.rules.throttle import Tried, network_named
from vaguemestre.access.signin.services import programs
from vaguemestre.people.credentials.values import SecretKeys


def answer(question: bytes, keys: SecretKeys, now: datetime) -> int:
    """Seconds to wait before that password is compared; 0 for a question that cannot be read."""
    try:
        told = json.loads(question)
        given = [str(told[name]) for name in ("stage", "user", "network", "protocol", "secret")]
        network = network_named(ipaddress.ip_address(given[2].partition("%")[0]))
    except (ValueError, KeyError, TypeError):
        return 0
    stage, user, _, protocol, secret = given
    tried = Tried(user[:254], network, secret, protocol[:20])
    match stage:
        case "entered":
            programs.note_entrance(tried, now=now)
        case "failed":
            programs.note_failure(tried, keys, now=now)
        case "ask":
            return programs.wait_of(tried, keys, now=now)
    return 0
