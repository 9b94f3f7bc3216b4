"""The dovecot engine."""
