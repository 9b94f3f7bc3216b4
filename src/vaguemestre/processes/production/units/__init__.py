"""systemd units of an instance, from the plan of processes and their duties."""
