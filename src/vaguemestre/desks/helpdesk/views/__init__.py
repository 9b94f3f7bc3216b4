"""The desk's screens, those of whoever confirms an identity, and those of people in trouble."""
