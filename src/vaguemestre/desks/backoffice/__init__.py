"""Administration: the académie, its feeds, its people across services, its journal."""
