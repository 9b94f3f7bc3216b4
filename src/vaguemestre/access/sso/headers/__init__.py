"""Legacy applications behind nginx that trust identity headers."""
