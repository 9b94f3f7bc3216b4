"""Applications that people of the académie enter: known, exact, and told as little as they need."""
