"""Parsers of the files of other systems. Pure: bytes in, values or a Refusal out."""
