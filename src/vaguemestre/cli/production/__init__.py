"""Commands of an instance under systemd: installation, upgrade, what its units run."""
