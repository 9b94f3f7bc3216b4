"""The contract of the mail store: what a mailbox holds and what may be asked of it."""
