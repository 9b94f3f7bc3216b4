"""One-time codes (RFC 6238 over RFC 4226): six digits, SHA-1, as authenticator applications and keys do."""

import base64
import hmac
import re
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

_DIGITS = 6
_PASSCODE = re.compile(r"(?P<pin>\d{4,8})(?P<code>\d{6})", re.ASCII)
_CODE = re.compile(r"\d{6}", re.ASCII)


def step_of(moment: datetime, period: int) -> int:
    """The time step of an aware moment (RFC 6238 §4.2); `period` in seconds."""
    return int(moment.timestamp()) // period


def code_of(secret: bytes, step: int) -> str:
    """The six digits of that step (RFC 4226 §5.3)."""
    mac = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    at = mac[-1] & 0x0F
    number = int.from_bytes(mac[at : at + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}d}"


def code_at(secret: bytes, moment: datetime, period: int) -> str:
    return code_of(secret, step_of(moment, period))


def step_matching(secret: bytes, code: str, moment: datetime, *, period: int, after: int) -> int | None:
    """The step (now, one before, one after) whose code this is and which is later than `after`, or None.

    All three are computed and compared in constant time, whatever was typed.
    """
    now = step_of(moment, period)
    matching = None
    for step in (now - 1, now, now + 1):
        same = hmac.compare_digest(code_of(secret, step).encode(), code.encode())
        if same and step > after and matching is None:
            matching = step
    return matching


def code_typed(text: str) -> str:
    """The code without the spaces people type in it; "" if it is not six digits."""
    plain = "".join(text.split())
    return plain if _CODE.fullmatch(plain) else ""


def passcode_typed(text: str) -> tuple[str, str] | None:
    """(PIN, code) when the text reads as a PIN of 4 to 8 digits followed by six digits, else None."""
    match = _PASSCODE.fullmatch("".join(text.split()))
    return (match["pin"], match["code"]) if match else None


def drawn_secret() -> bytes:
    """A random secret of 160 bits, as RFC 4226 §4 recommends."""
    return secrets.token_bytes(20)


def secret_words(secret: bytes) -> str:
    """Base32 (RFC 4648) in groups of four, to type into an application."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def enrolment_address(secret: bytes, *, username: str, issuer: str, period: int) -> str:
    """The `otpauth` address an application reads from a QR code."""
    label = f"{quote(issuer)}:{quote(username)}"
    parameters = {
        "secret": base64.b32encode(secret).decode().rstrip("="),
        "issuer": issuer,
        "algorithm": "SHA1",
        "digits": _DIGITS,
        "period": period,
    }
    return f"otpauth://totp/{label}?{urlencode(parameters, quote_via=quote)}"
