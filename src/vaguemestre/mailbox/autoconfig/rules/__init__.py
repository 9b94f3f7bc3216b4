"""One offer, told as each kind of program expects it."""
