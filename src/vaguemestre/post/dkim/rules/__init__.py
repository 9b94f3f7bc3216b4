"""Decisions about DKIM keys."""
