"""People's Sieve scripts, over ManageSieve (RFC 5804)."""
