"""Rows of a CSV file, whatever its separator."""

import csv
import io

MAX_ROWS = 500
_MAX_COLUMNS = 60
_SEPARATORS = ";,\t|"


def rows_of(text: str) -> tuple[tuple[tuple[str, ...], ...], bool]:
    """(rows, whether some are left out): at most `MAX_ROWS`."""
    sample = text[:20_000]
    lines = [line for line in sample.splitlines()[:20] if line.strip()]
    separator = max(_SEPARATORS, key=lambda sign: min((line.count(sign) for line in lines), default=0))
    reader = csv.reader(io.StringIO(text.replace("\x00", "")), delimiter=separator)
    rows: list[tuple[str, ...]] = []
    try:
        for row in reader:
            if len(rows) == MAX_ROWS:
                return tuple(rows), True
            rows.append(tuple(cell[:2000] for cell in row[:_MAX_COLUMNS]))
    except csv.Error:
        return tuple(rows), True
    return tuple(rows), False
