"""Run in the sandbox: `file` (TNEF, as Outlook wraps messages in winmail.dat) → `message.eml`."""

import mimetypes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from tnefparse import TNEF


def text_of(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")


container = TNEF(Path("file").read_bytes(), do_checksum=False)
message = EmailMessage(policy=SMTP)
message["Subject"] = " ".join(["winmail.dat"])
body = text_of(getattr(container, "body", "") or "")
html = text_of(getattr(container, "htmlbody", "") or "")
message.set_content(body.replace("\x00", "") or "Ce fichier contient :\n")
if html:
    message.add_alternative(html.replace("\x00", ""), subtype="html")
for number, attachment in enumerate(container.attachments[:200], 1):
    name = text_of(attachment.long_filename() or attachment.name) or f"piece-{number}"
    name = "".join(char for char in name if char.isprintable()).rpartition("/")[2][-150:] or f"piece-{number}"
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    main, _, sub = kind.partition("/")
    if main in {"message", "multipart", "text"}:
        main, sub = "application", "octet-stream"
    data = attachment.data
    message.add_attachment(
        bytes(data) if isinstance(data, (bytes, bytearray)) else b"",
        maintype=main,
        subtype=sub,
        filename=name,
    )
Path("message.eml").write_bytes(message.as_bytes())
