"""The files schools hand over: the AAF export (XML), and a CSV of classes. Pure: bytes in, values out."""
