"""Decisions about shared mailboxes: values in, values or a Refusal out."""
