"""Rows of a spreadsheet pasted into a field that asks for people."""


def people_of_row(row: str) -> list[str]:
    """The cells that hold an address, the others being said of them; without any, the row as one name."""
    cells = [cell.strip() for cell in row.split("\t") if cell.strip()]
    return [cell for cell in cells if "@" in cell] or ([" ".join(cells)] if cells else [])
