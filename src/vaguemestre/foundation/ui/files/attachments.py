"""Responses that hold people's files."""

from django.http.response import HttpResponseBase

from vaguemestre.foundation.kernel.file_policy import FILE_POLICY


def as_file[R: HttpResponseBase](response: R, *, name: str, inline: bool = False) -> R:
    """Make a response a file: never a page of ours, never executed (docs/security.md rule B)."""
    response.headers["Content-Disposition"] = disposition(name, inline=inline)
    response["Content-Security-Policy"] = FILE_POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def disposition(name: str, *, inline: bool) -> str:
    """Content-Disposition (RFC 6266) with an ASCII name for old clients and a UTF-8 one (RFC 8187)."""
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
