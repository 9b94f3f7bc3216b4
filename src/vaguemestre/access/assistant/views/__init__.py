"""Pages of the assistant: identification, activation, recovery."""
