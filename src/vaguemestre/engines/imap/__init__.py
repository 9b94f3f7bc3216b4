"""The imap engine."""
