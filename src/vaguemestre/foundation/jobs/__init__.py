"""Background jobs: events announced in a transaction, and the handlers that run after its commit."""
