"""The mailbox that writes to itself, so that somebody knows at each minute whether mail goes round."""

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
    """Its mailbox and its only address. No directory has it."""
    return f"{SELF_MAIL_NAME}@{domain.lower()}"


def self_mail_letter(address: str, message_id: str, date: str) -> bytes:
    """`date` as in RFC 5322."""
    return _LETTER.format(address=address, message_id=message_id, date=date).encode("ascii")
