"""Throttle of mail clients: Dovecot asks before it checks a password, and reports the outcome.

IMAP, submission and ManageSieve draw on the same budgets as the sign-in page (docs/security.md §3.19). A
question is a JSON object: `stage` (`ask`, `failed`, `entered`), `user` as typed, `network`, `protocol`, and
`secret`, the SHA-256 of the password, in hexadecimal.
"""

import ipaddress
import json
from datetime import datetime

from vaguemestre.access.signin.rules.throttle import ProgramAttempt, network_of_address
from vaguemestre.access.signin.services import programs
from vaguemestre.people.credentials.values import SecretKeys


def answer(question: bytes, keys: SecretKeys, now: datetime) -> int:
    """Seconds to wait before that password is checked; 0 for a malformed question."""
    try:
        fields = json.loads(question)
        values = [str(fields[name]) for name in ("stage", "user", "network", "protocol", "secret")]
        network = network_of_address(ipaddress.ip_address(values[2].partition("%")[0]))
    except (ValueError, KeyError, TypeError):
        return 0
    stage, user, _, protocol, secret = values
    attempt = ProgramAttempt(user[:254], network, secret, protocol[:20])
    match stage:
        case "entered":
            programs.record_sign_in(attempt, now=now)
        case "failed":
            programs.record_failure(attempt, keys, now=now)
        case "ask":
            return programs.program_wait_seconds(attempt, keys, now=now)
    return 0
