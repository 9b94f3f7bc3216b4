"""Valkey, the memory of the content filter: what it learned, known senders, rates."""
