"""Delivery notices among what a reporting address receives."""

import email.parser
import email.policy

_HEADER_BYTES = 65_536


def is_delivery_notice(raw: bytes) -> bool:
    """Whether a message says what became of another one (RFC 3464)."""
    header = raw[:_HEADER_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    message = email.parser.BytesHeaderParser(policy=email.policy.compat32).parsebytes(header + b"\n\n")
    kind = message.get_param("report-type", "")
    is_about_delivery = isinstance(kind, str) and kind.lower() == "delivery-status"
    return message.get_content_type() == "multipart/report" and is_about_delivery
