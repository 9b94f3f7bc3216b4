"""Settings told to people and to programs; programs let in by their own consent."""
