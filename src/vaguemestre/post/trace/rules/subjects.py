"""Subjects compared: folding and runs of white space do not count (RFC 5322 §2.2.3)."""

import re

_WHITE_SPACE = re.compile(r"[ \t\r\n]+")


def comparable_subject(subject: str) -> str:
    return _WHITE_SPACE.sub(" ", subject).strip(" ")
