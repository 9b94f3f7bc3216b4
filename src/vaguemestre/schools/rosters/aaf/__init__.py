"""Parsers of the AAF export (XML) and of a CSV of classes. Pure: bytes in, values out."""
