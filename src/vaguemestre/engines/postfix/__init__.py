"""The postfix engine."""
