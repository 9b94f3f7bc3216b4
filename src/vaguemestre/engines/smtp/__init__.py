"""The smtp engine."""
