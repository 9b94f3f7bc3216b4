"""The test message that a technical mailbox sends to itself each minute, to measure its round trip."""

SELF_MAIL_NAME = "boucle-de-mesure"
QUOTA_MB = 20
_LETTER = """\
From: {address}
To: {address}
Subject: Boucle de mesure
Message-ID: {message_id}
Date: {date}
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: text/plain; charset=us-ascii

Ce message est parti pour mesurer le temps de son trajet. Il est efface des son arrivee.
"""


def self_mail_address(domain: str) -> str:
    """The technical mailbox, and its only address; it is in no directory."""
    return f"{SELF_MAIL_NAME}@{domain.lower()}"


def self_mail_letter(address: str, message_id: str, date: str) -> bytes:
    """The test message; `date` as in RFC 5322."""
    return _LETTER.format(address=address, message_id=message_id, date=date).encode("ascii")
