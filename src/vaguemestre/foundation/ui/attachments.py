"""Answers that hold somebody's file."""

from django.http.response import HttpResponseBase

from vaguemestre.foundation.kernel.file_policy import FILE_POLICY


def as_file[R: HttpResponseBase](response: R, *, name: str, inline: bool = False) -> R:
    """Somebody's file: never a page of ours, never run (docs/security.md rule B)."""
    response.headers["Content-Disposition"] = disposition(name, inline=inline)
    response["Content-Security-Policy"] = FILE_POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def disposition(name: str, *, inline: bool) -> str:
    """RFC 6266, with the ASCII name for old programs and the UTF-8 one for the others (RFC 8187)."""
    plain = "".join(
        char if char.isascii() and char.isprintable() and char not in '"\\%' else "_" for char in name
    )
    encoded = "".join(
        char
        if char.isascii() and (char.isalnum() or char in "-._")
        else "".join(f"%{b:02X}" for b in char.encode("utf-8", "replace"))
        for char in name
    )
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
