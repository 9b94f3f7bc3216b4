"""Rules of contacts: validity of cards, file formats, duplicates."""
