"""Identification assistant: find my username, activate my account."""
