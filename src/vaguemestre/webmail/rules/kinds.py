"""What a file really is, by its first bytes and its name; which kinds may be looked at in the page."""

# Raster pictures a browser draws and that can hold nothing active.
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
)
_BY_KIND = (
    ("image/", "photo"),
    ("audio/", "file-music"),
    ("video/", "movie"),
    ("text/calendar", "calendar-event"),
    ("text/vcard", "address-book"),
    ("text/x-vcard", "address-book"),
    ("message/", "mail"),
    ("application/pdf", "file-type-pdf"),
    ("application/zip", "file-zip"),
    ("application/msword", "file-type-doc"),
    ("application/vnd.ms-excel", "file-spreadsheet"),
    ("application/vnd.oasis.opendocument.spreadsheet", "file-spreadsheet"),
    ("application/vnd.oasis.opendocument.text", "file-text"),
    ("text/csv", "file-spreadsheet"),
    ("text/", "file-text"),
)
_BY_ENDING = {
    "pdf": "file-type-pdf", "doc": "file-type-doc", "docx": "file-type-docx", "odt": "file-text",
    "xls": "file-spreadsheet", "xlsx": "file-spreadsheet", "ods": "file-spreadsheet",
    "csv": "file-spreadsheet",
    "ppt": "file-type-ppt", "pptx": "file-type-ppt", "odp": "file-type-ppt",
    "zip": "file-zip", "7z": "file-zip", "rar": "file-zip", "gz": "file-zip",
    "png": "photo", "jpg": "photo", "jpeg": "photo", "gif": "photo", "webp": "photo", "heic": "photo",
    "mp3": "file-music", "m4a": "file-music", "ogg": "file-music", "mp4": "movie", "mov": "movie",
    "ics": "calendar-event", "vcf": "address-book", "eml": "mail", "txt": "file-text",
}  # fmt: skip


def picture_kind(content: bytes) -> str:
    """The kind of raster picture those bytes are, whatever their label says; empty for anything else."""
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:12] in {b"ftypavif", b"ftypavis"}:
        return "image/avif"
    return ""


def icon_of(kind: str, name: str) -> str:
    """The icon of the sprite for a file."""
    by_ending = _BY_ENDING.get(name.rpartition(".")[2].lower())
    if by_ending:
        return by_ending
    return next((icon for prefix, icon in _BY_KIND if kind.startswith(prefix)), "paperclip")


def can_be_looked_at(kind: str) -> bool:
    """Whether the page may try to show it: a picture or plain text (checked again on the bytes)."""
    return kind in {"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/avif"} or (
        kind.startswith("text/") and kind not in {"text/html", "text/xml"}
    )


def file_name(name: str, kind: str, number: str) -> str:
    """A name to save under: no path, no control characters, never empty."""
    bare = "".join(char for char in name.replace("\\", "/").rpartition("/")[2] if char.isprintable())
    bare = "".join(char for char in bare if char not in _TURNING).strip(" .")
    if bare:
        return bare[-180:]
    if kind == "message/rfc822":
        return f"message-{number}.eml"
    ending = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "text/calendar": ".ics"}.get(
        kind, ""
    )
    return f"piece-{number}{ending}"


# Direction marks: a name that reads « .pdf » and ends in « .exe » is written with them.
_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")
