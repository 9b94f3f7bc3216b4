"""Kinds of files, by their first bytes and their name, and which of them can be previewed."""

from enum import StrEnum

# Raster pictures that browsers display and that hold no active content
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
    """Media type of a raster picture, from its bytes; empty for anything else."""
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:12] in {b"ftypavif", b"ftypavis"}:
        return "image/avif"
    return ""


def icon_of(kind: str, name: str) -> str:
    """Icon of a file, by its name first."""
    by_ending = _BY_ENDING.get(name.rpartition(".")[2].lower())
    if by_ending:
        return by_ending
    return next((icon for prefix, icon in _BY_KIND if kind.startswith(prefix)), "paperclip")


class Viewer(StrEnum):
    """How the page previews a file. NONE: download only."""

    NONE = ""
    PICTURE = "picture"
    TEXT = "text"
    TABLE = "table"
    PDF = "pdf"
    OFFICE = "office"
    AUDIO = "audio"
    VIDEO = "video"
    ARCHIVE = "archive"
    MESSAGE = "message"


_PICTURES = frozenset(("png", "jpg", "jpeg", "gif", "webp", "bmp", "avif", "heic", "heif"))
_VIEWERS = {
    **dict.fromkeys(_PICTURES, Viewer.PICTURE),
    **dict.fromkeys(("txt", "log", "md", "ics", "vcf", "json", "ini", "tex", "srt"), Viewer.TEXT),
    **dict.fromkeys(("csv", "tsv"), Viewer.TABLE),
    **dict.fromkeys(("doc", "docx", "odt", "rtf", "xls", "xlsx", "ods", "ppt", "pptx", "odp"), Viewer.OFFICE),
    **dict.fromkeys(("mp3", "m4a", "ogg", "oga", "opus", "wav", "flac", "aac"), Viewer.AUDIO),
    **dict.fromkeys(("mp4", "m4v", "webm", "ogv", "mov"), Viewer.VIDEO),
    **dict.fromkeys(("zip", "jar", "tar"), Viewer.ARCHIVE),
    "pdf": Viewer.PDF,
    "eml": Viewer.MESSAGE,
    "dat": Viewer.NONE,
}
_VIEWERS_BY_KIND = (
    ("message/rfc822", Viewer.MESSAGE),
    ("application/ms-tnef", Viewer.MESSAGE),
    ("application/vnd.ms-tnef", Viewer.MESSAGE),
    ("application/pdf", Viewer.PDF),
    ("application/zip", Viewer.ARCHIVE),
    ("application/x-zip-compressed", Viewer.ARCHIVE),
    ("text/csv", Viewer.TABLE),
    ("text/", Viewer.TEXT),
    ("audio/", Viewer.AUDIO),
    ("video/", Viewer.VIDEO),
    ("application/msword", Viewer.OFFICE),
    ("application/rtf", Viewer.OFFICE),
    ("application/vnd.openxmlformats-officedocument", Viewer.OFFICE),
    ("application/vnd.oasis.opendocument", Viewer.OFFICE),
    ("application/vnd.ms-excel", Viewer.OFFICE),
    ("application/vnd.ms-powerpoint", Viewer.OFFICE),
)
_NEVER_DRAWN = frozenset(("text/html", "text/xml", "image/svg+xml"))  # shown as what they are: text
# Audio and video that browsers play, by signature; nothing else is served as such
_PLAYED = (
    (b"ID3", 0, "audio/mpeg"),
    (b"\xff\xfb", 0, "audio/mpeg"),
    (b"\xff\xf3", 0, "audio/mpeg"),
    (b"OggS", 0, "audio/ogg"),
    (b"fLaC", 0, "audio/flac"),
    (b"WAVE", 8, "audio/wav"),
    (b"\x1aE\xdf\xa3", 0, "video/webm"),
    (b"ftyp", 4, "video/mp4"),
)
_HEIC = frozenset((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"))


def viewer_of(kind: str, name: str) -> Viewer:
    """Viewer of a file, by its name first since media types are often vague; its bytes are checked later."""
    if kind in _NEVER_DRAWN:
        return Viewer.TEXT
    if kind in {"application/ms-tnef", "application/vnd.ms-tnef"} or name.lower() == "winmail.dat":
        return Viewer.MESSAGE
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending in {"htm", "html", "svg", "xml"}:
        return Viewer.TEXT
    by_kind = next((viewer for start, viewer in _VIEWERS_BY_KIND if kind.startswith(start)), Viewer.NONE)
    if kind.startswith("image/"):
        by_kind = Viewer.PICTURE if kind[6:] in _PICTURES else Viewer.NONE
    by_name = _VIEWERS.get(ending, Viewer.NONE)
    if by_kind in {Viewer.TEXT, Viewer.NONE}:
        return by_name or by_kind
    return by_kind


def played_kind(content: bytes) -> str:
    """Media type of audio or video, from its bytes; empty for anything else."""
    for mark, place, kind in _PLAYED:
        if content[place : place + len(mark)] == mark:
            is_sound = kind == "video/mp4" and content[8:11] == b"M4A"
            return "audio/mp4" if is_sound else kind
    return ""


def is_heic(content: bytes) -> bool:
    """Whether those bytes are a HEIC picture (ISO/IEC 23008-12)."""
    return content[4:8] == b"ftyp" and content[8:12] in _HEIC


def is_pdf(content: bytes) -> bool:
    """Whether those bytes are a PDF; an archive may begin with one, stored as it is."""
    return b"%PDF-" in content[:1024] and not content.startswith(b"PK\x03\x04")


def file_name(name: str, kind: str, number: str) -> str:
    """Safe file name: no path, no control characters, never empty."""
    bare = "".join(char for char in name.replace("\\", "/").rpartition("/")[2] if char.isprintable())
    bare = "".join(char for char in bare if char not in _DIRECTION_MARKS).strip(" .")
    if bare:
        return bare[-180:]
    if kind == "message/rfc822":
        return f"message-{number}.eml"
    ending = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "text/calendar": ".ics"}.get(
        kind, ""
    )
    return f"piece-{number}{ending}"


# With them, a name that ends in « .exe » can be displayed as if it ended in « .pdf ».
_DIRECTION_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")
