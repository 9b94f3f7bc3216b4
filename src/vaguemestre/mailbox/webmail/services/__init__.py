"""Reading, listing, sorting: what the doors of the reader call."""
