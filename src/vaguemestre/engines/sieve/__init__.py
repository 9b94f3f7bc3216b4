"""Sieve scripts kept by Dovecot, over ManageSieve (RFC 5804)."""
