"""An instance in production on one machine: systemd keeps its processes, each under its own user."""
