"""Our own processes, forked from one that has loaded what they share (ADR 0046)."""
