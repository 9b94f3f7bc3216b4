"""Sizes in French words; 1 ko is 1,024 octets, as in the file managers of our users."""

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE
GIGABYTE = 1024 * MEGABYTE


def in_words(octets: int) -> str:
    """`1 ko` for less, `184 ko`, `1,2 Mo`, `2 Go`, `3 000 Mo`; `0 o` for nothing."""
    if not octets:
        return "0 o"
    if octets < MEGABYTE:
        return f"{min(1023, max(1, round(octets / KILOBYTE)))} ko"
    if octets > GIGABYTE and not octets % MEGABYTE and octets * 10 % GIGABYTE:
        return f"{octets // MEGABYTE:,} Mo".replace(",", "\u00a0")  # set in Mo: a rounded limit is another
    unit, name = (MEGABYTE, "Mo") if octets < GIGABYTE else (GIGABYTE, "Go")
    return f"{octets / unit:.1f} {name}".replace(".0 ", " ").replace(".", ",")


def on_one_line(octets: int) -> str:
    """The same, never cut between number and unit."""
    return in_words(octets).replace(" ", "\u00a0")
