"""Contract of the mail store: values of a mailbox and the operations on it."""
