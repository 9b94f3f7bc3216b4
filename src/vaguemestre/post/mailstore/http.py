"""URL path converters for contents of a mailbox."""


class PartConverter:
    """Number of a MIME part (`1.2`), or of a file embedded in a text part (`1.2u1`)."""

    regex = r"[0-9]{1,5}(?:\.[0-9]{1,5}){0,60}(?:u[1-9][0-9]?)?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
