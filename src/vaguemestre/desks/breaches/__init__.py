"""Personal data breaches: one file each, with the clock of its notices."""
