"""What runs as a process of its own: one module each, started by the supervisor."""
