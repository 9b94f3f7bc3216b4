"""Messages for the mailbox's contract."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def letter(subject: str, text: str = "Bonjour,\n\nle texte.\n", **headers: str) -> bytes:
    """A plain message; header names are written with underscores."""
    message = EmailMessage()
    message["From"] = headers.pop("From", "Hélène Dupont <helene.dupont@ac-amiens.test>")
    message["To"] = headers.pop("To", "Marie Martin <marie.martin@ac-amiens.test>")
    message["Subject"] = subject
    message["Date"] = "Tue, 01 Sep 2026 10:00:00 +0200"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes().replace(b"\n", b"\r\n")


def rich(subject: str = "Réunion") -> bytes:
    """Text and HTML side by side, an inline image, an attachment with an accent in its name."""
    message = EmailMessage()
    message["From"] = "helene.dupont@ac-amiens.test"
    message["To"] = '"Martin, Marie" <marie.martin@ac-amiens.test>, cdi@ac-amiens.test'
    message["Cc"] = "Principal <principal@ac-amiens.test>"
    message["Subject"] = subject
    message["Date"] = "Tue, 01 Sep 2026 10:00:00 +0200"
    message["Message-ID"] = "<rich@ac-amiens.test>"
    message.set_content("Le texte accentué\n", cte="base64")
    message.add_alternative('<p>Le <b>texte</b> <img src="cid:logo"></p>', subtype="html")
    html = message.get_payload()[1]  # type: ignore[index]
    html.add_related(b"\x89PNG12345", "image", "png", cid="<logo>")  # type: ignore[union-attr]
    message.add_attachment(b"%PDF-1.7 " + bytes(range(256)), "application", "pdf", filename="Élèves 6e.pdf")
    return message.as_bytes().replace(b"\n", b"\r\n")


def inviting(method: str = "REQUEST") -> bytes:
    """Text, HTML and a calendar side by side, without any file."""
    message = EmailMessage()
    message["From"] = "helene.dupont@ac-amiens.test"
    message["To"] = "marie.martin@ac-amiens.test"
    message["Subject"] = "Conseil pédagogique"
    message.set_content("Vous êtes invitée.\n")
    message.add_alternative("<p>Vous êtes invitée.</p>", subtype="html")
    calendar = f"BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:{method}\nEND:VCALENDAR\n"
    message.add_alternative(calendar, subtype="calendar", params={"method": method})
    return message.as_bytes().replace(b"\n", b"\r\n")
