"""The demonstration académie: same seed, same people, same letters."""
