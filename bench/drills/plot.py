"""A run as a drawing: what went well and what failed every five seconds, and when faults were. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

WIDTH, HEIGHT, LEFT, GAP = 1000, 190, 60, 30
_ROWS = (
    ("mx", "messages from outside", "#2a6f97"),
    ("pages", "pages", "#2d6a4f"),
    ("mail", "mailboxes opened", "#7b5ea7"),
)
_ROW = HEIGHT // len(_ROWS) - 8
_FAILED, _FAULT, _MENDING = "#c1121f", "#f4a26166", "#e9c46a44"


def drawing(runs: Sequence[Sequence[Mapping[str, Any]]]) -> str:
    """An SVG of these runs, one below the other."""
    parts = [_run(lines, top=number * (HEIGHT + 2 * GAP)) for number, lines in enumerate(runs)]
    height = len(parts) * (HEIGHT + 2 * GAP)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
        f'font-size="11">\n<rect width="{WIDTH}" height="{height}" fill="#fff"/>\n'
        + "".join(parts)
        + "</svg>\n"
    )


def _run(lines: Sequence[Mapping[str, Any]], top: int) -> str:
    buckets = [line for line in lines if line["what"] == "bucket"]
    faults = [line for line in lines if line["what"] == "fault"]
    if not buckets:
        return ""
    since, until = buckets[0]["at"], buckets[-1]["at"] + 5
    scale = (WIDTH - LEFT - 10) / max(1, until - since)

    def across(at: float) -> float:
        return round(float(LEFT + (at - since) * scale), 1)

    title = f'<text x="{LEFT}" y="{top + 14}" font-weight="bold">run {lines[0]["run"]}</text>\n'
    spans = "".join(_fault(one, across, top + GAP) for one in faults)
    rows = "".join(
        _row(buckets, what, words, color, across, top + GAP + 16 + number * (_ROW + 8), 5 * scale)
        for number, (what, words, color) in enumerate(_ROWS)
    )
    minutes = "".join(
        f'<text x="{across(since + 60 * m)}" y="{top + GAP + HEIGHT + 12}">{m} min</text>\n'
        for m in range(0, int((until - since) / 60) + 1, 5)
    )
    return title + spans + rows + minutes


def _fault(fault: Mapping[str, Any], across: Any, top: int) -> str:
    struck, mended, whole = (across(fault[key]) for key in ("at", "mended", "whole"))
    words = " ".join(filter(None, (fault["kind"], fault["node"], fault["unit"])))
    return (
        f"<g><title>{fault['number']}. {words}</title>"
        f'<rect x="{struck}" y="{top}" width="{mended - struck:.1f}" height="{HEIGHT}" fill="{_FAULT}"/>'
        f'<rect x="{mended}" y="{top}" width="{whole - mended:.1f}" height="{HEIGHT}" fill="{_MENDING}"/>'
        f'<text x="{struck}" y="{top + 10}">{fault["number"]}</text></g>\n'
    )


def _row(
    buckets: Sequence[Mapping[str, Any]],
    what: str,
    words: str,
    color: str,
    across: Any,
    top: int,
    width: float,
) -> str:
    most = max((b.get(what, 0) + b.get(f"{what}_failed", 0) for b in buckets), default=1) or 1
    bars = []
    for bucket in buckets:
        good, failed = (bucket.get(key, 0) * _ROW / most for key in (what, f"{what}_failed"))
        for height, below, fill in ((good, 0.0, color), (failed, good, _FAILED)):
            if height:
                y = top + _ROW - below - height
                bars.append(
                    f'<rect x="{across(bucket["at"])}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
                    f'fill="{fill}"/>'
                )
    label = f'<text x="4" y="{top + _ROW // 2}" fill="{color}">{most / 5:.1f}/s</text>'
    return f"<g><title>{words}</title>{label}{''.join(bars)}</g>\n"
