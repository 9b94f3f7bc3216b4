"""Rendering of messages as harmless HTML: parts, text, HTML, CSS, links, frame."""
