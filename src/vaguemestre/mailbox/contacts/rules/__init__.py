"""Decisions about cards: what may stand on them, how they are written and read, which are the same person."""
