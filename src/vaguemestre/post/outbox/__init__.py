"""Outgoing messages: stored, submitted, filed in sent mail, tracked."""
