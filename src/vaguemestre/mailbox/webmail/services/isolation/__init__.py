"""Limits on what untrusted mail may cost: processor time, memory, readings at once."""
